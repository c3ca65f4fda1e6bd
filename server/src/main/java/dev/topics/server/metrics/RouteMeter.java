package dev.topics.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Counts and times the answers of one route.
final class RouteMeter {
  private static final int STATUS_CLASSES = 6;
  private static final Duration[] BUCKETS = {
    Duration.ofNanos(50_000),
    Duration.ofNanos(100_000),
    Duration.ofNanos(250_000),
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofNanos(2_500_000),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(2),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
  };

  private final MeterRegistry registry;
  private final Tags tags;
  private final Timer latency;
  private final @Nullable Counter[] byStatusClass = new @Nullable Counter[STATUS_CLASSES];

  RouteMeter(MeterRegistry registry, String route, String method) {
    this.registry = registry;
    tags = Tags.of("route", route, "method", method);
    latency =
        Timer.builder("topics_http_request_duration")
            .description("From a complete request to its answer")
            .tags(tags)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
  }

  void answered(int status, long nanos) {
    latency.record(nanos, TimeUnit.NANOSECONDS);
    int statusClass = Math.min(status / 100, STATUS_CLASSES - 1);
    Counter counter = byStatusClass[statusClass];
    if (counter == null) {
      counter =
          Counter.builder("topics_http_requests")
              .description("Answers, by route and class of status")
              .tags(tags.and("status", statusClass + "xx"))
              .register(registry);
      byStatusClass[statusClass] = counter;
    }
    counter.increment();
  }
}
