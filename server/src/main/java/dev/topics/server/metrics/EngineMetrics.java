package dev.topics.server.metrics;

import dev.topics.engine.EngineStats;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicPage;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.model.TopicType;
import dev.topics.storage.journal.JournalState;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Gauges and counters of the engine: of all topics together, of the first few by name, of the log.
///
/// **Threading** [#refresh] one thread at a time; the rest from any thread.
final class EngineMetrics {
  private static final double[] SYNC_MICROS = {
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 1_000_000
  };

  private final MeterRegistry registry;
  private final MultiGauge heads;
  private final MultiGauge earliest;
  private final MultiGauge records;
  private final MultiGauge bytes;
  private final MultiGauge queueReady;
  private final MultiGauge queueInFlight;
  private final DistributionSummary syncMicros;

  /// The numbers of one scrape, so that all gauges speak of the same moment.
  private volatile @Nullable EngineStats stats;

  private volatile boolean truncated;

  EngineMetrics(MeterRegistry registry) {
    this.registry = registry;
    heads = MultiGauge.builder("topics_topic_head_seq").register(registry);
    earliest = MultiGauge.builder("topics_topic_earliest_seq").register(registry);
    records = MultiGauge.builder("topics_topic_records_live").register(registry);
    bytes = MultiGauge.builder("topics_topic_bytes_live").register(registry);
    queueReady = MultiGauge.builder("topics_topic_queue_ready").register(registry);
    queueInFlight = MultiGauge.builder("topics_topic_queue_in_flight").register(registry);
    syncMicros =
        DistributionSummary.builder("topics_wal_fsync_latency_us")
            .serviceLevelObjectives(SYNC_MICROS)
            .register(registry);
    addTotals();
    addLog();
    addAbsent();
  }

  void synced(long nanos) {
    syncMicros.record(nanos / 1000.0);
  }

  /// Takes the numbers of the next scrape.
  void refresh(@Nullable EngineStats engine, TopicPage topics) {
    stats = engine;
    truncated = topics.more();
    show(heads, topics.topics(), TopicState::headSeq);
    show(earliest, topics.topics(), TopicState::earliestSeq);
    show(records, topics.topics(), TopicState::count);
    show(bytes, topics.topics(), TopicState::bytes);
    List<TopicState> queues = topics.topics().stream().filter(EngineMetrics::isQueue).toList();
    show(queueReady, queues, TopicState::count);
    show(queueInFlight, queues, topic -> 0);
  }

  private static boolean isQueue(TopicState topic) {
    return topic.config().type() == TopicType.QUEUE;
  }

  private static void show(
      MultiGauge gauge, List<TopicState> topics, ToDoubleFunction<TopicState> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>(topics.size());
    for (TopicState topic : topics) {
      rows.add(
          MultiGauge.Row.of(Tags.of("topic", topic.topic().value()), value.applyAsDouble(topic)));
    }
    gauge.register(rows, true);
  }

  private void addTotals() {
    gauge("topics_topics", Tags.empty(), EngineStats::topics);
    for (Durability durability : Durability.values()) {
      Tags tags = Tags.of("class", durability.name().toLowerCase(Locale.ROOT));
      gauge(
          "topics_topics_by_class",
          tags,
          engine -> engine.topicsByClass().getOrDefault(durability, 0));
    }
    gauge("topics_queue_topics", Tags.empty(), EngineStats::queueTopics);
    gauge("topics_records_live", Tags.empty(), EngineStats::recordsLive);
    gauge("topics_bytes_live", Tags.empty(), EngineStats::bytesLive);
    counter("topics_records_evicted", EngineStats::recordsEvicted);
    gauge("topics_topic_metrics_truncated", Tags.empty(), engine -> truncated ? 1 : 0);
  }

  private void addLog() {
    counter("topics_wal_frames", engine -> engine.journal().frames());
    counter("topics_wal_batches", engine -> engine.journal().batches());
    counter("topics_wal_fsyncs", engine -> engine.journal().fsyncs());
    counter("topics_wal_bytes_written", engine -> engine.journal().bytesWritten());
    counter("topics_wal_rotations", engine -> engine.journal().rotations());
    gauge(
        "topics_wal_read_only",
        Tags.empty(),
        engine -> engine.journalState() == JournalState.RUNNING ? 0 : 1);
  }

  /// Names that dashboards ask for. A server without leases, routers and streams has none of them.
  private void addAbsent() {
    gauge("topics_queue_leases_in_flight", Tags.empty(), engine -> 0);
    gauge("topics_routers", Tags.empty(), engine -> 0);
    gauge("topics_sse_connections", Tags.empty(), engine -> 0);
    gauge("topics_watch_sessions", Tags.empty(), engine -> 0);
  }

  private void gauge(String name, Tags tags, ToDoubleFunction<EngineStats> value) {
    Gauge.builder(name, this, metrics -> metrics.of(value)).tags(tags).register(registry);
  }

  private void counter(String name, ToDoubleFunction<EngineStats> value) {
    FunctionCounter.builder(name, this, metrics -> metrics.of(value)).register(registry);
  }

  private double of(ToDoubleFunction<EngineStats> value) {
    EngineStats engine = stats;
    return engine == null ? 0 : value.applyAsDouble(engine);
  }
}
