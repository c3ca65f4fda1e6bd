package dev.topics.engine.upkeep;

import dev.topics.engine.topic.EngineTime;

/// How many bytes background work may move: so many a second, half a second's worth at once.
///
/// **Threading** One thread.
final class Allowance {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private final EngineTime clock;
  private final long bytesPerSecond;
  private long left;
  private long atNanos;

  Allowance(EngineTime clock, long bytesPerSecond) {
    this.clock = clock;
    this.bytesPerSecond = bytesPerSecond;
    left = bytesPerSecond / 2;
    atNanos = clock.nanos();
  }

  /// Whether something may be moved now.
  boolean isLeft() {
    long now = clock.nanos();
    double seconds = (double) (now - atNanos) / NANOS_PER_SECOND;
    left = (long) Math.min(bytesPerSecond / 2.0, left + seconds * bytesPerSecond);
    atNanos = now;
    return left > 0;
  }

  /// Notes what was moved.
  void take(long bytes) {
    left -= bytes;
  }
}
