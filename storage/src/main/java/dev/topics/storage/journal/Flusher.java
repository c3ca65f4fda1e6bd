package dev.topics.storage.journal;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Group commit: whatever was committed while one sync ran shares the next.
///
/// The first failed sync is final. It is told to the listener once, and nothing becomes durable
/// after it.
///
/// **Threading** [#step] one thread at a time; the rest from any thread.
public final class Flusher {
  private final JournalOptions options;
  private final JournalHealth health;
  private final JournalFiles files;
  private final JournalCounters counters;
  private final int bootEpoch;
  private final AtomicLong requestedLsn = new AtomicLong();
  private volatile @Nullable JournalListener listener;
  private volatile LongConsumer syncListener = nanos -> {};
  private volatile long firstUnsyncedSequence;
  private volatile boolean resting;
  private long lastSyncNanos;
  private @Nullable JournalFile slotsFile;
  private @Nullable SyncSlots slots;
  private @Nullable JournalFile unsyncedSlots;
  private boolean failureTold;

  Flusher(
      JournalOptions options,
      JournalHealth health,
      JournalFiles files,
      JournalCounters counters,
      int bootEpoch) {
    this.options = options;
    this.health = health;
    this.files = files;
    this.counters = counters;
    this.bootEpoch = bootEpoch;
    this.firstUnsyncedSequence = files.last().sequence();
    this.lastSyncNanos = options.nanoClock().getAsLong();
  }

  /// One sync if somebody waits or one is due; returns how many frames became durable.
  public int step() {
    if (health.failed()) {
      return tellFailure();
    }
    long now = options.nanoClock().getAsLong();
    if (resting) {
      resting = false;
      lastSyncNanos = now;
    }
    long durable = counters.durableLsn();
    long target = counters.lastLsn();
    if (target == durable) {
      return isDue(now) ? syncSlots(now) : 0;
    }
    return isWanted(durable) || isDue(now) ? sync(durable, target, now) : 0;
  }

  /// How long to wait, unless woken, after a step that did nothing: until the next sync is due, and
  /// for ever once nothing is left to sync, as the next frame wakes whoever rests, and a failure
  /// does. On the thread of [#step].
  public long pauseNanos() {
    if (health.failed() || rests()) {
      return Long.MAX_VALUE;
    }
    long sinceSync = options.nanoClock().getAsLong() - lastSyncNanos;
    return Math.max(1, options.syncEveryNanos() - sinceSync);
  }

  /// Says that it rests before it looks: of a frame that it does not see, the writer sees that.
  private boolean rests() {
    if (unsyncedSlots != null) {
      return false;
    }
    resting = true;
    resting = counters.lastLsn() == counters.durableLsn();
    return resting;
  }

  /// Whether it waits for the next frame to wake it.
  public boolean isResting() {
    return resting;
  }

  /// Syncs whatever there is, waited for or not.
  int flush() {
    if (health.failed()) {
      return tellFailure();
    }
    long durable = counters.durableLsn();
    long target = counters.lastLsn();
    return target == durable ? 0 : sync(durable, target, options.nanoClock().getAsLong());
  }

  void listen(JournalListener heard) {
    listener = heard;
  }

  /// Sets who hears how many nanoseconds each sync took that made frames durable.
  void listenToSyncs(LongConsumer heard) {
    syncListener = heard;
  }

  /// Returns whether that is news.
  boolean request(long lsn) {
    return lsn > counters.durableLsn() && lsn > requestedLsn.getAndAccumulate(lsn, Math::max);
  }

  /// The oldest file that may hold frames that are not durable; all before it are let go of.
  long firstUnsyncedSequence() {
    return firstUnsyncedSequence;
  }

  private boolean isWanted(long durableLsn) {
    return requestedLsn.get() > durableLsn;
  }

  private boolean isDue(long now) {
    return now - lastSyncNanos >= options.syncEveryNanos()
        || counters.unsyncedBytes() >= options.syncEveryBytes();
  }

  private int sync(long durable, long target, long now) {
    lastSyncNanos = now;
    counters.syncBegins();
    JournalFile last = files.last();
    try {
      syncThrough(last);
      slots(last).write(target, bootEpoch);
    } catch (IOException | InternalError e) {
      return failed(e, last);
    }
    unsyncedSlots = last;
    counters.durable(target);
    syncListener.accept(options.nanoClock().getAsLong() - now);
    JournalListener heard = listener;
    if (heard != null) {
      heard.durable(target);
    }
    return (int) Math.min(Integer.MAX_VALUE, target - durable);
  }

  /// Nothing was committed for a while: what the last sync made durable is written down durably, so
  /// that damage to it will not be taken for a torn tail.
  private int syncSlots(long now) {
    JournalFile file = unsyncedSlots;
    if (file != null) {
      lastSyncNanos = now;
      unsyncedSlots = null;
      try {
        file.sync();
        counters.fsync();
      } catch (IOException e) {
        return failed(e, files.last());
      }
    }
    return 0;
  }

  /// Earlier files first; those before `last` are full, and let go of once durable.
  private void syncThrough(JournalFile last) throws IOException {
    for (long sequence = firstUnsyncedSequence; sequence < last.sequence(); sequence++) {
      JournalFile full = files.get(sequence);
      full.sync();
      counters.fsync();
      try {
        full.letGo();
      } finally {
        firstUnsyncedSequence = sequence + 1;
      }
    }
    last.sync();
    counters.fsync();
  }

  /// The note for the next run comes first: once somebody was told, the process may be killed at
  /// any moment. Everybody is told even if leaving the note fails as well.
  private int failed(Throwable cause, JournalFile last) {
    health.fail(cause);
    try {
      for (long sequence = firstUnsyncedSequence; sequence <= last.sequence(); sequence++) {
        SyncSlots unsynced = files.get(sequence).writableSlots();
        unsynced.writeFailure(counters.durableLsn(), bootEpoch);
      }
    } finally {
      tellFailure();
    }
    return 0;
  }

  private SyncSlots slots(JournalFile file) {
    SyncSlots current = slots;
    if (current == null || slotsFile != file) {
      current = file.writableSlots();
      slots = current;
      slotsFile = file;
    }
    return current;
  }

  private int tellFailure() {
    JournalListener heard = listener;
    Throwable cause = health.cause();
    if (!failureTold && heard != null && cause != null) {
      failureTold = true;
      heard.failed(cause);
    }
    return 0;
  }
}
