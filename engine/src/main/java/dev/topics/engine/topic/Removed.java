package dev.topics.engine.topic;

/// Records that go, added up: those in the log and those in memory only, which recovery never sees.
/// Bytes count data and meta.
///
/// **Threading** One thread at a time.
final class Removed {
  private long loggedRecords;
  private long loggedBytes;
  private long memoryRecords;
  private long memoryBytes;

  void add(boolean inMemory, long records, long bytes) {
    if (inMemory) {
      memoryRecords += records;
      memoryBytes += bytes;
    } else {
      loggedRecords += records;
      loggedBytes += bytes;
    }
  }

  void add(Removed more) {
    add(false, more.loggedRecords, more.loggedBytes);
    add(true, more.memoryRecords, more.memoryBytes);
  }

  long loggedRecords() {
    return loggedRecords;
  }

  long loggedBytes() {
    return loggedBytes;
  }

  long memoryRecords() {
    return memoryRecords;
  }

  long memoryBytes() {
    return memoryBytes;
  }

  long records() {
    return loggedRecords + memoryRecords;
  }

  long bytes() {
    return loggedBytes + memoryBytes;
  }

  boolean isEmpty() {
    return records() == 0;
  }

  /// Whether the log need not know.
  boolean isMemoryOnly() {
    return loggedRecords == 0;
  }
}
