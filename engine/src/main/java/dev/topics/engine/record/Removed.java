package dev.topics.engine.record;

/// Records that go, added up: those in the log and those in memory only, which recovery never sees.
/// Bytes count data and meta.
///
/// **Threading** One thread at a time.
public final class Removed {
  private long loggedRecords;
  private long loggedBytes;
  private long memoryRecords;
  private long memoryBytes;

  public Removed() {}

  public void add(boolean inMemory, long records, long bytes) {
    if (inMemory) {
      memoryRecords += records;
      memoryBytes += bytes;
    } else {
      loggedRecords += records;
      loggedBytes += bytes;
    }
  }

  public void add(Removed more) {
    add(false, more.loggedRecords, more.loggedBytes);
    add(true, more.memoryRecords, more.memoryBytes);
  }

  public long loggedRecords() {
    return loggedRecords;
  }

  public long loggedBytes() {
    return loggedBytes;
  }

  public long memoryRecords() {
    return memoryRecords;
  }

  public long memoryBytes() {
    return memoryBytes;
  }

  public long records() {
    return loggedRecords + memoryRecords;
  }

  public long bytes() {
    return loggedBytes + memoryBytes;
  }

  public boolean isEmpty() {
    return records() == 0;
  }

  /// Whether the log need not know.
  public boolean isMemoryOnly() {
    return loggedRecords == 0;
  }
}
