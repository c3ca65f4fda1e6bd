package dev.topics.storage.journal;

/// How far the journal is: committed and durable.
///
/// **Threading** [#committed] by the writer, [#durable] by the flusher, the rest from any thread.
final class JournalCounters {
  private volatile long lastLsn;
  private volatile long durableLsn;
  private long appendedBytes;

  JournalCounters(long recoveredLsn) {
    this.lastLsn = recoveredLsn;
    this.durableLsn = recoveredLsn;
  }

  void committed(long lsn, long frameBytes) {
    appendedBytes += frameBytes;
    lastLsn = lsn;
  }

  void durable(long lsn) {
    assert lsn > durableLsn && lsn <= lastLsn : lsn;
    durableLsn = lsn;
  }

  long lastLsn() {
    return lastLsn;
  }

  long durableLsn() {
    return durableLsn;
  }

  /// Bytes of frames since the start; at least those up to a [#lastLsn] read before.
  long appendedBytes() {
    return appendedBytes;
  }
}
