package dev.topics.bench.load;

import org.HdrHistogram.Histogram;

/// What one load thread has measured; its own, read by others after the thread has ended.
final class LoadMeter {
  private static final long LATENCY_NANOS_MAX = 60_000_000_000L;

  private final Histogram latencyNanos = new Histogram(LATENCY_NANOS_MAX, 3);
  private boolean measuring;

  void measuring(boolean now) {
    measuring = now;
  }

  void answered(long nanos) {
    if (measuring) {
      latencyNanos.recordValue(Math.min(nanos, LATENCY_NANOS_MAX));
    }
  }

  /// Latencies of the answers within the measured time; as many as there were answers.
  Histogram latencyNanos() {
    return latencyNanos;
  }
}
