package dev.topics.server.metrics;

import dev.topics.engine.Engine;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicPage;
import dev.topics.server.api.DeliveryListener;
import dev.topics.server.auth.Grant;
import dev.topics.server.http.ExchangeListener;
import dev.topics.server.http.Route;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The metrics of a server (http-api §10).
///
/// Labels are bounded: routes are templates, statuses are classes, topics the first few by name.
///
/// **Threading** any thread.
public final class Metrics implements ExchangeListener, DeliveryListener, AutoCloseable {
  private static final int ROUTES_MAX = 64;
  private static final int TOPICS_MAX = 500;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Source source;
  private final EngineMetrics engineMetrics;
  private final @Nullable RouteMeter[] routes = new @Nullable RouteMeter[ROUTES_MAX];
  private final RouteMeter unmatched;
  private final Counter bytesIn;
  private final Counter bytesOut;
  private final Counter delivered;
  private final LongAdder streams = new LongAdder();
  private final Map<LossReason, Counter> tombstones = new EnumMap<>(LossReason.class);

  /// Where gauges come from.
  public interface Source {
    /// Null before it is open.
    @Nullable Engine openEngine();

    boolean ready();

    /// From 0 to 1.
    double recoveryProgress();

    long uptimeMillis();

    /// Bytes of request bodies in memory.
    long bodyBytesHeld();
  }

  public Metrics(Source source) {
    this.source = source;
    unmatched = new RouteMeter(registry, "unmatched", "ANY");
    bytesIn = counter("topics_http_request_bytes", "Bytes of request bodies, decoded");
    bytesOut = counter("topics_http_response_bytes", "Bytes of answers before compression");
    delivered = counter("topics_records_delivered", "Records that readers were given");
    for (LossReason reason : LossReason.values()) {
      tombstones.put(
          reason,
          Counter.builder("topics_tombstones_served")
              .description("Gaps that readers were told of")
              .tag("reason", reason.wireName())
              .register(registry));
    }
    engineMetrics = new EngineMetrics(registry);
    gauge("topics_ready", "1 while everything is served", () -> source.ready() ? 1 : 0);
    gauge(
        "topics_recovery_progress", "How much is recovered, from 0 to 1", source::recoveryProgress);
    gauge("topics_uptime_ms", "Milliseconds since the start", source::uptimeMillis);
    gauge(
        "topics_http_request_bytes_held",
        "Bytes of request bodies in memory",
        source::bodyBytesHeld);
    gauge("topics_sse_connections", "Open streams and sockets", streams::sum);
    gauge("topics_watch_sessions", "Watch sessions", this::watchSessions);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gc.bindTo(registry);
  }

  /// Makes room for `all` routes. To be called once, before the first answer.
  public void watch(List<Route> all) {
    for (Route route : all) {
      routes[route.id()] = new RouteMeter(registry, route.template(), route.method().name());
    }
  }

  @Override
  public void answered(@Nullable Route route, int status, long nanos, long in, long out) {
    RouteMeter meter = route == null ? null : routes[route.id()];
    (meter == null ? unmatched : meter).answered(status, nanos);
    bytesIn.increment((double) in);
    bytesOut.increment((double) out);
  }

  @Override
  public void streamBegan() {
    streams.increment();
  }

  @Override
  public void streamEnded(long out) {
    streams.decrement();
    bytesOut.increment((double) out);
  }

  @Override
  public void delivered(int records, @Nullable LossReason tombstone) {
    delivered.increment(records);
    if (tombstone != null) {
      Objects.requireNonNull(tombstones.get(tombstone)).increment();
    }
  }

  /// A sync of the log took `nanos`.
  public void synced(long nanos) {
    engineMetrics.synced(nanos);
  }

  /// The metrics as Prometheus text; of the topics, those that are in reach of `grant`.
  public synchronized String prometheusText(Grant grant) {
    Engine engine = source.openEngine();
    engineMetrics.refresh(engine == null ? null : engine.stats());
    StringBuilder text = new StringBuilder(registry.scrape());
    TopicPage topics =
        engine == null
            ? new TopicPage(List.of(), false)
            : engine.topics(grant.within(""), "", TOPICS_MAX, false);
    new TopicSamples(text).write(topics);
    return text.toString();
  }

  private int watchSessions() {
    Engine engine = source.openEngine();
    return engine == null ? 0 : engine.watches().size();
  }

  private Counter counter(String name, String help) {
    return Counter.builder(name).description(help).register(registry);
  }

  private void gauge(String name, String help, Supplier<Number> value) {
    Gauge.builder(name, value).description(help).strongReference(true).register(registry);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
