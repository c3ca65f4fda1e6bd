package dev.topics.engine.topic;

/// Which seqs of a topic may be handed out without waiting for a sync: those up to a reservation
/// that is itself durable. After a crash the head resumes above the reservation, so that a seq that
/// was acknowledged or shown is never given to another record.
///
/// **Threading** Under the commit lock.
final class Reservation {
  private static final int STEP_MIN = 1 << 10;
  private static final int STEP_MAX = 1 << 22;
  private static final long GROW_WITHIN_NANOS = 1_000_000_000L;

  private static final long IDLE_NANOS = 1_000_000_000L;

  private long through;
  private long lsn;
  private long safeThrough;
  private int step = STEP_MIN;
  private long renewedNanos;
  private long renewedThrough = -1;
  private long usedNanos;
  private boolean fresh;

  void apply(long through, long lsn) {
    safeThrough = Math.min(safeThrough, through);
    this.through = through;
    this.lsn = lsn;
    fresh = true;
  }

  /// The last reserved seq.
  long through() {
    return through;
  }

  /// The frame that made the reservation.
  long lsn() {
    return lsn;
  }

  /// The last seq that may be used at once, when everything up to `durableLsn` is durable.
  long safeThrough(long durableLsn) {
    if (lsn <= durableLsn) {
      safeThrough = through;
    }
    return safeThrough;
  }

  /// Notes that seqs are being handed out.
  void used(long nowNanos) {
    usedNanos = nowNanos;
  }

  /// Whether nobody has used seqs for a while although more than `head` are reserved: such a
  /// reservation is better given back, because a power cut would report all of it as lost.
  boolean isIdle(long head, long nowNanos) {
    if (fresh) {
      fresh = false;
      usedNanos = nowNanos;
    }
    return through > head && nowNanos - usedNanos > IDLE_NANOS;
  }

  /// Whether seqs above `head` are reserved.
  boolean isOutstanding(long head) {
    return through > head;
  }

  /// Whether a head of `newHead` calls for a new reservation, now or soon.
  boolean isRunningOut(long newHead) {
    return newHead > through - step / 2;
  }

  /// The end of the next reservation, larger the sooner the last one ran out; the same when asked
  /// again because it could not be made.
  long next(long newHead, long nowNanos) {
    if (through != renewedThrough) {
      boolean soon = nowNanos - renewedNanos < GROW_WITHIN_NANOS;
      step = soon ? Math.min(step * 2, STEP_MAX) : Math.max(step / 2, STEP_MIN);
      renewedNanos = nowNanos;
      renewedThrough = through;
    }
    return newHead + step;
  }
}
