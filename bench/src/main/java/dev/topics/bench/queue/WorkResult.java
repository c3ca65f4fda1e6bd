package dev.topics.bench.queue;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/// What workers got done.
record WorkResult(
    long jobs,
    double seconds,
    Histogram claimNanos,
    Histogram ackNanos,
    double serverMicrosPerJob,
    double driverMicrosPerJob) {
  String line(String name) {
    return String.format(
        Locale.ROOT,
        "%s: %,.0f jobs/s  claim p50 %.2f ms p99 %.2f ms  ack p50 %.2f ms p99 %.2f ms"
            + "  CPU a job: server %.1f us, driver %.1f us",
        name,
        jobs / seconds,
        claimNanos.getValueAtPercentile(50) / 1e6,
        claimNanos.getValueAtPercentile(99) / 1e6,
        ackNanos.getValueAtPercentile(50) / 1e6,
        ackNanos.getValueAtPercentile(99) / 1e6,
        serverMicrosPerJob,
        driverMicrosPerJob);
  }
}
