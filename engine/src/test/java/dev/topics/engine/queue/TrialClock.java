package dev.topics.engine.queue;

import dev.topics.engine.model.EngineClock;

/// A clock that moves when it is told to.
final class TrialClock implements EngineClock {
  private long millis = 1_700_000_000_000L;
  private long nanos;

  void advance(long byMillis) {
    millis += byMillis;
    nanos += byMillis * 1_000_000;
  }

  /// Moves the wall clock alone.
  void step(long byMillis) {
    millis += byMillis;
  }

  @Override
  public long wallMillis() {
    return millis;
  }

  @Override
  public long nanos() {
    return nanos;
  }
}
