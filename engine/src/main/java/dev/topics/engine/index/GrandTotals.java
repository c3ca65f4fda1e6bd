package dev.topics.engine.index;

/// How many records all topics together have and how many bytes of data and meta, as the
/// [LiveTotals] of each tell; and how many records were evicted.
///
/// **Threading** Under the commit lock.
public final class GrandTotals {
  private long records;
  private long bytes;
  private long evicted;

  public GrandTotals() {}

  /// The same as they are now, for who goes on without the lock.
  public GrandTotals copy() {
    GrandTotals copy = new GrandTotals();
    copy.records = records;
    copy.bytes = bytes;
    copy.evicted = evicted;
    return copy;
  }

  public long records() {
    return records;
  }

  public long bytes() {
    return bytes;
  }

  /// Records that evictions removed, replayed ones included.
  public long evicted() {
    return evicted;
  }

  public void evicted(long moreRecords) {
    evicted += moreRecords;
  }

  void add(long moreRecords, long moreBytes) {
    records += moreRecords;
    bytes += moreBytes;
  }
}
