package dev.topics.engine.topic;

import dev.topics.engine.model.EngineClock;

/// The time of an engine: how late it is for records that age, what time new records get, and a
/// clock without steps, for leases among others.
///
/// **Threading** Any thread.
public final class EngineTime {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final EngineClock clock;
  private final TrustedClock trusted;
  private final long openedMillis;
  private final long openedNanos;

  public EngineTime(EngineClock clock) {
    this.clock = clock;
    trusted = new TrustedClock(clock);
    openedMillis = clock.wallMillis();
    openedNanos = clock.nanos();
  }

  /// Milliseconds since the Unix epoch, to tell ages by: see [TrustedClock].
  public long millis() {
    return trusted.millis();
  }

  /// Milliseconds since the Unix epoch for what is written now: the wall clock, but never so late
  /// that it would be old already.
  public long recordMillis() {
    return Math.max(clock.wallMillis(), trusted.millis());
  }

  /// Whether nothing expires because the wall clock jumped.
  boolean isFrozen() {
    return trusted.isFrozen();
  }

  /// Nanoseconds since some fixed moment; never decreases.
  public long nanos() {
    return clock.nanos();
  }

  /// Milliseconds that count on from the wall clock as it was when the engine was opened, whatever
  /// the wall clock does since.
  public long steadyMillis() {
    return openedMillis + Math.floorDiv(clock.nanos() - openedNanos, NANOS_PER_MILLI);
  }

  /// What [#steadyMillis] will be when the wall clock shows `wallMillis`, if it takes no steps.
  public long steady(long wallMillis) {
    return wallMillis + steadyMillis() - clock.wallMillis();
  }

  /// What the wall clock will show when [#steadyMillis] is `at`, if it takes no steps.
  public long wall(long at) {
    return at - steadyMillis() + clock.wallMillis();
  }

  /// Milliseconds since the Unix epoch as the wall clock shows them; may step in both directions.
  public long wallMillis() {
    return clock.wallMillis();
  }
}
