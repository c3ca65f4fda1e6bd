package dev.topics.storage.journal;

import java.util.concurrent.atomic.AtomicLong;

/// How far the journal is: committed and durable.
///
/// **Threading** [#committed] by the writer, [#syncBegins] and [#durable] by the flusher, the rest
/// from any thread.
final class JournalCounters {
  private final long recoveredLsn;
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong fsyncs = new AtomicLong();
  private final AtomicLong rotations = new AtomicLong();
  private volatile long lastLsn;
  private volatile long durableLsn;
  private volatile long syncDistanceBytes;
  private volatile long syncedBytes;
  private long appendedBytes;

  JournalCounters(long recoveredLsn) {
    this.recoveredLsn = recoveredLsn;
    this.lastLsn = recoveredLsn;
    this.durableLsn = recoveredLsn;
  }

  void committed(long lsn, long frameBytes) {
    appendedBytes += frameBytes;
    lastLsn = lsn;
  }

  /// A sync of everything that was committed begins.
  void syncBegins() {
    long bytes = appendedBytes;
    syncDistanceBytes = bytes - syncedBytes;
    syncedBytes = bytes;
  }

  void durable(long lsn) {
    assert lsn > durableLsn && lsn <= lastLsn : lsn;
    durableLsn = lsn;
    batches.incrementAndGet();
  }

  void fsync() {
    fsyncs.incrementAndGet();
  }

  void rotated() {
    rotations.incrementAndGet();
  }

  JournalStats stats(long bytesPrepared) {
    long frames = lastLsn - recoveredLsn;
    return new JournalStats(
        frames, appendedBytes, batches.get(), fsyncs.get(), rotations.get(), bytesPrepared);
  }

  long lastLsn() {
    return lastLsn;
  }

  long durableLsn() {
    return durableLsn;
  }

  /// Bytes that were committed between the last two syncs.
  long syncDistanceBytes() {
    return syncDistanceBytes;
  }

  /// Bytes that were committed since the last sync began; for the writer and the flusher.
  long unsyncedBytes() {
    return appendedBytes - syncedBytes;
  }

  /// Bytes of frames since the start; at least those up to a [#lastLsn] read before.
  long appendedBytes() {
    return appendedBytes;
  }
}
