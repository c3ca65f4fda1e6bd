package dev.topics.server.metrics;

import dev.topics.engine.EngineStats;
import dev.topics.engine.model.Durability;
import dev.topics.server.http.ExchangeListener;
import dev.topics.server.http.Route;
import dev.topics.storage.journal.JournalState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The metrics of a server (http-api §10).
///
/// Labels are bounded: routes are templates, statuses are classes.
///
/// **Threading** any thread.
public final class Metrics implements ExchangeListener, AutoCloseable {
  private static final int ROUTES_MAX = 64;

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final Source source;
  private final @Nullable RouteMeter[] routes = new @Nullable RouteMeter[ROUTES_MAX];
  private final RouteMeter unmatched;
  private final Counter bytesIn;
  private final Counter bytesOut;

  /// The numbers of one scrape, so that all gauges speak of the same moment.
  private volatile @Nullable EngineStats stats;

  /// Where gauges come from.
  public interface Source {
    /// The engine's numbers, or null before it is open.
    @Nullable EngineStats stats();

    boolean ready();

    /// From 0 to 1.
    double recoveryProgress();

    long uptimeMillis();

    long bodyBytesHeld();
  }

  public Metrics(Source source) {
    this.source = source;
    unmatched = new RouteMeter(registry, "unmatched", "ANY");
    bytesIn = registry.counter("topics_http_request_bytes");
    bytesOut = registry.counter("topics_http_response_bytes");
    addServerGauges();
    addEngineGauges();
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

  /// The metrics as Prometheus text.
  public String prometheusText() {
    stats = source.stats();
    return registry.scrape();
  }

  private void addServerGauges() {
    gauge("topics_ready", Tags.empty(), () -> source.ready() ? 1 : 0);
    gauge("topics_recovery_progress", Tags.empty(), source::recoveryProgress);
    gauge("topics_uptime_ms", Tags.empty(), source::uptimeMillis);
    gauge("topics_http_request_bytes_held", Tags.empty(), source::bodyBytesHeld);
  }

  private void addEngineGauges() {
    engineGauge("topics_topics", Tags.empty(), EngineStats::topics);
    for (Durability durability : Durability.values()) {
      Tags tags = Tags.of("class", durability.name().toLowerCase(Locale.ROOT));
      engineGauge(
          "topics_topics_by_class",
          tags,
          engine -> engine.topicsByClass().getOrDefault(durability, 0));
    }
    engineGauge("topics_queue_topics", Tags.empty(), EngineStats::queueTopics);
    engineGauge("topics_records_live", Tags.empty(), EngineStats::recordsLive);
    engineGauge("topics_bytes_live", Tags.empty(), EngineStats::bytesLive);
    engineGauge(
        "topics_wal_read_only",
        Tags.empty(),
        engine -> engine.journalState() == JournalState.RUNNING ? 0 : 1);
  }

  private void engineGauge(String name, Tags tags, ToDoubleFunction<EngineStats> value) {
    gauge(
        name,
        tags,
        () -> {
          EngineStats engine = stats;
          return engine == null ? 0 : value.applyAsDouble(engine);
        });
  }

  private void gauge(String name, Tags tags, Supplier<Number> value) {
    Gauge.builder(name, value).tags(tags).strongReference(true).register(registry);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
