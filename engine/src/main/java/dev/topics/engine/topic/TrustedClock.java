package dev.topics.engine.topic;

import dev.topics.engine.model.EngineClock;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The wall clock as far as it may be trusted to say how old a record is.
///
/// It stands still when the wall clock jumped by more than a minute against the monotonic one: what
/// nobody may ever get back is not thrown away because of a wrong clock. It goes on when the wall
/// clock is back, or when it has run on for [#CONFIRM_NANOS] without another jump, and from there
/// when the process starts again. Otherwise it never decreases, so that what has expired stays so.
///
/// **Threading** Any thread. The monitor is held for the comparison of two numbers.
final class TrustedClock {
  static final long JUMP_MILLIS = 60_000;
  static final long CONFIRM_NANOS = 600_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(TrustedClock.class);
  private static final long RENEW_NANOS = 1_000_000_000L;
  private static final long NANOS_PER_MILLI = 1_000_000;

  /// What both clocks said at one moment.
  private record Reading(long wallMillis, long nanos) {
    /// What the wall clock should say at `laterNanos`.
    long expectedAt(long laterNanos) {
      return wallMillis + (laterNanos - nanos) / NANOS_PER_MILLI;
    }

    boolean agreesWith(long laterMillis, long laterNanos) {
      return Math.abs(laterMillis - expectedAt(laterNanos)) <= JUMP_MILLIS;
    }
  }

  private final EngineClock clock;
  private final AtomicLong latestMillis;
  private volatile Reading trusted;
  private volatile @Nullable Reading jumped;

  TrustedClock(EngineClock clock) {
    this.clock = clock;
    trusted = new Reading(clock.wallMillis(), clock.nanos());
    latestMillis = new AtomicLong(trusted.wallMillis());
  }

  /// Milliseconds since the Unix epoch.
  long millis() {
    long wall = clock.wallMillis();
    long nanos = clock.nanos();
    Reading last = trusted;
    boolean isDue = nanos - last.nanos() > RENEW_NANOS || !last.agreesWith(wall, nanos);
    if (isDue || jumped != null) {
      review();
      return latestMillis.get();
    }
    return latestMillis.accumulateAndGet(wall, Math::max);
  }

  /// Whether it stands still.
  boolean isFrozen() {
    return jumped != null;
  }

  private synchronized void review() {
    long wall = clock.wallMillis();
    long nanos = clock.nanos();
    Reading now = new Reading(wall, nanos);
    Reading jump = jumped;
    if (trusted.agreesWith(wall, nanos)) {
      if (jump != null) {
        log.info("the wall clock is back where it should be: records expire again");
      }
      trust(now);
      latestMillis.accumulateAndGet(wall, Math::max);
    } else if (jump == null || !jump.agreesWith(wall, nanos)) {
      log.warn(
          "the wall clock jumped by {} ms: no record expires before it is back, has run on for"
              + " ten minutes, or the server is started again",
          wall - trusted.expectedAt(nanos));
      jumped = now;
    } else if (nanos - jump.nanos() >= CONFIRM_NANOS) {
      log.warn("the wall clock is trusted after its jump: records expire by it again");
      trust(now);
      latestMillis.set(wall);
    }
  }

  private void trust(Reading now) {
    trusted = now;
    jumped = null;
  }
}
