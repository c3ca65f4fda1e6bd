package dev.topics.engine.topic;

import dev.topics.engine.model.EngineClock;
import java.util.concurrent.atomic.AtomicLong;

/// The wall clock, made monotone: what has expired stays expired when the clock steps back.
///
/// **Threading** Any thread.
final class EngineTime {
  private final EngineClock clock;
  private final AtomicLong latestMillis = new AtomicLong();

  EngineTime(EngineClock clock) {
    this.clock = clock;
  }

  /// Milliseconds since the Unix epoch; never decreases.
  long millis() {
    return latestMillis.accumulateAndGet(clock.wallMillis(), Math::max);
  }

  /// Nanoseconds since some fixed moment; never decreases.
  long nanos() {
    return clock.nanos();
  }
}
