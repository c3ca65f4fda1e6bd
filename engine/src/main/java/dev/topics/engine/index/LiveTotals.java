package dev.topics.engine.index;

import dev.topics.engine.record.Removed;

/// How many records of a topic live and how many bytes of data and meta they have, and which of
/// that is in memory only.
///
/// **Threading** Under the commit lock; who makes a view reads it without.
public final class LiveTotals {
  private final GrandTotals all;
  private long records;
  private long bytes;
  private long memoryRecords;
  private long memoryBytes;

  /// @param all what this topic's share is part of, until it is [#dropped]
  public LiveTotals(GrandTotals all) {
    this.all = all;
  }

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

  /// Takes over what is stored, or was counted anew.
  public void set(long storedRecords, long storedBytes) {
    all.add(storedRecords - records, storedBytes - bytes);
    records = storedRecords;
    bytes = storedBytes;
  }

  public void add(long newRecords, long newBytes) {
    all.add(newRecords, newBytes);
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
    long remaining = records - fromMemory - removed.loggedRecords();
    set(remaining, remaining == 0 ? 0 : bytes - bytesFromMemory - removed.loggedBytes());
    return records >= 0 && bytes >= 0;
  }

  /// The topic is gone, and nothing of it counts among all.
  public void dropped() {
    all.add(-records, -bytes);
  }

  @Override
  public String toString() {
    return "%d records of %d bytes".formatted(records, bytes);
  }
}
