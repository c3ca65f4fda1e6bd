package dev.topics.engine.topic;

/// How many records of a topic live and how many bytes of data and meta they have, and which of
/// that is in memory only.
///
/// **Threading** Under the commit lock.
final class LiveTotals {
  private long records;
  private long bytes;
  private long memoryRecords;
  private long memoryBytes;

  long records() {
    return records;
  }

  long bytes() {
    return bytes;
  }

  long memoryRecords() {
    return memoryRecords;
  }

  long memoryBytes() {
    return memoryBytes;
  }

  /// Takes over what is stored, of which nothing is in memory only.
  void set(long storedRecords, long storedBytes) {
    records = storedRecords;
    bytes = storedBytes;
  }

  void add(long newRecords, long newBytes) {
    records += newRecords;
    bytes += newBytes;
  }

  /// Some of what was added is in memory only.
  void addedInMemory(long newRecords, long newBytes) {
    memoryRecords += newRecords;
    memoryBytes += newBytes;
  }

  /// Returns whether there was as much to subtract.
  boolean subtract(Removed removed) {
    long fromMemory = Math.min(memoryRecords, removed.memoryRecords());
    long bytesFromMemory = Math.min(memoryBytes, removed.memoryBytes());
    memoryRecords -= fromMemory;
    memoryBytes -= bytesFromMemory;
    records -= fromMemory + removed.loggedRecords();
    bytes -= bytesFromMemory + removed.loggedBytes();
    if (records == 0) {
      bytes = 0;
    }
    return records >= 0 && bytes >= 0;
  }

  @Override
  public String toString() {
    return "%d records of %d bytes".formatted(records, bytes);
  }
}
