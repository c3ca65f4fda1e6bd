package dev.topics.engine.index;

/// Which seqs of a topic may be handed out without waiting for a sync: those up to a reservation
/// that is itself durable. After a crash the head resumes above the reservation, so that a seq that
/// was acknowledged or shown is never given to another record.
///
/// What is reserved and not used is lost in a power cut as far as anybody can tell, so a topic that
/// rests keeps little, and in the end nothing (ADR 0004).
///
/// **Threading** Under the commit lock, but for [#mayRest].
public final class Reservation {
  private static final int STEP_MIN = 1 << 5;
  private static final int STEP_MAX = 1 << 22;
  private static final long GROW_WITHIN_NANOS = 1_000_000_000L;

  private static final long QUIET_NANOS = 1_000_000_000L;
  private static final long AT_REST_NANOS = 60_000_000_000L;

  private long through;
  private long lsn;
  private long safeThrough;
  private int step = STEP_MIN;
  private int restStep = STEP_MIN;
  private long renewedNanos;
  private long renewedThrough = -1;
  private long usedNanos;
  private boolean inUse;

  public Reservation() {}

  public void apply(long through, long lsn) {
    safeThrough = Math.min(safeThrough, through);
    if (through < this.through) {
      step = restStep;
    }
    this.through = through;
    this.lsn = lsn;
  }

  /// The last reserved seq.
  public long through() {
    return through;
  }

  /// The frame that made the reservation.
  public long lsn() {
    return lsn;
  }

  /// The last seq that may be used at once, when everything up to `durableLsn` is durable.
  public long safeThrough(long durableLsn) {
    if (lsn <= durableLsn) {
      safeThrough = through;
    }
    return safeThrough;
  }

  /// Notes that seqs are being handed out, those from `head` exclusive to `newHead`.
  public void used(long head, long newHead, long nowNanos) {
    used(nowNanos);
    restStep = Math.max(STEP_MIN, stepFor(newHead - head));
  }

  private void used(long nowNanos) {
    usedNanos = nowNanos;
    inUse = true;
  }

  /// Whether [#atRest] may give something else than what is reserved. A guess without the commit
  /// lock: it may be late to see that nobody uses seqs any more, not for good.
  public boolean mayRest(long likelyHead, long nowNanos) {
    long quiet = nowNanos - usedNanos;
    return through > likelyHead && (!inUse || quiet > AT_REST_NANOS || isTooFar(likelyHead, quiet));
  }

  /// How far a topic should have reserved that hands out seqs as this one did lately: as far as it
  /// has; a little when nobody used seqs for a second; nothing above `head` after a minute.
  public long atRest(long head, long nowNanos) {
    if (!inUse) {
      used(nowNanos);
    }
    long quiet = nowNanos - usedNanos;
    if (quiet > AT_REST_NANOS) {
      return Math.min(through, head);
    }
    return isTooFar(head, quiet) ? head + restStep : through;
  }

  private boolean isTooFar(long head, long quiet) {
    return quiet > QUIET_NANOS && through - head > 2L * restStep;
  }

  /// Whether seqs above `head` are reserved.
  public boolean isOutstanding(long head) {
    return through > head;
  }

  /// Whether a head of `newHead` calls for a new reservation, now or soon.
  public boolean isRunningOut(long newHead) {
    return newHead > through - step / 2;
  }

  /// The end of the next reservation, larger the sooner the last one ran out; the same when asked
  /// again because it could not be made. It holds two writes like the last one at least.
  ///
  /// What the last one made safe stays so until the next is durable too.
  public long next(long newHead, long nowNanos, long durableLsn) {
    var _ = safeThrough(durableLsn);
    if (through != renewedThrough) {
      boolean soon = nowNanos - renewedNanos < GROW_WITHIN_NANOS;
      step = soon ? Math.min(step * 2, STEP_MAX) : Math.max(step / 2, STEP_MIN);
      renewedNanos = nowNanos;
      renewedThrough = through;
    }
    used(nowNanos);
    step = Math.max(step, restStep);
    return newHead + step;
  }

  /// Room for two writes of so many records.
  private static int stepFor(long records) {
    return (int) Math.min(2 * records, STEP_MAX);
  }
}
