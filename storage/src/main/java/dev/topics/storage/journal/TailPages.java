package dev.topics.storage.journal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Makes pages behind the end of the log writable before frames come there, so that the writer
/// meets few page faults while it holds the commit lock.
///
/// Worth it only where much is written between two syncs: a sync makes pages read-only again, and
/// puts those on the disk that were made writable for nothing.
///
/// **Threading** any thread. One makes pages writable, the others go on meanwhile.
final class TailPages {
  private static final long AHEAD_BYTES = 512 << 10;

  /// More is made writable when no more than this is left.
  private static final long LEFT_BYTES = 256 << 10;

  /// What must lie between two syncs.
  private static final long SYNC_DISTANCE_BYTES = 1 << 20;

  private final JournalCounters counters;
  private final AtomicBoolean busy = new AtomicBoolean();
  private @Nullable JournalFile file;
  private long readyOffset;
  private long readyLsn;

  TailPages(JournalCounters counters) {
    this.counters = counters;
  }

  /// Makes pages of `tail` from `offset` on writable, if they should be and are not.
  void prepare(JournalFile tail, long offset) {
    if (counters.syncDistanceBytes() < SYNC_DISTANCE_BYTES || !busy.compareAndSet(false, true)) {
      return;
    }
    try {
      long durableLsn = counters.durableLsn();
      if (file != tail || readyLsn != durableLsn) {
        readyOffset = 0;
      }
      if (readyOffset - offset > LEFT_BYTES) {
        return;
      }
      long start = Math.max(offset, readyOffset);
      long end = Math.min(offset + AHEAD_BYTES, tail.bytes());
      if (start < end) {
        tail.makeWritable(start, end);
      }
      file = tail;
      readyOffset = end;
      readyLsn = durableLsn;
    } finally {
      busy.set(false);
    }
  }
}
