package dev.topics.engine.index;

import dev.topics.engine.record.Removed;

/// How many records of a topic live and how many bytes of data and meta they have, and which of
/// that is in memory only.
///
/// **Threading** Under the commit lock; who makes a view reads it without.
public final class LiveTotals {
  private long records;
  private long bytes;
  private long memoryRecords;
  private long memoryBytes;

  public LiveTotals() {}

  public long records() {
    return records;
  }

  public long bytes() {
    return bytes;
  }

  public long memoryRecords() {
    return memoryRecords;
  }

  public long memoryBytes() {
    return memoryBytes;
  }

  /// Takes over what is stored, of which nothing is in memory only.
  public void set(long storedRecords, long storedBytes) {
    records = storedRecords;
    bytes = storedBytes;
  }

  public void add(long newRecords, long newBytes) {
    records += newRecords;
    bytes += newBytes;
  }

  /// Some of what was added is in memory only.
  public void addedInMemory(long newRecords, long newBytes) {
    memoryRecords += newRecords;
    memoryBytes += newBytes;
  }

  /// Returns whether there was as much to subtract.
  public boolean subtract(Removed removed) {
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
