package dev.topics.engine.model;

/// The time as the engine sees it.
public interface EngineClock {
  /// Milliseconds since the Unix epoch; may step in both directions.
  long wallMillis();

  /// Nanoseconds since some fixed moment; never decreases.
  long nanos();
}
