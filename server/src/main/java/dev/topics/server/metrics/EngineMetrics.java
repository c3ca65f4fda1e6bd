package dev.topics.server.metrics;

import dev.topics.engine.EngineStats;
import dev.topics.engine.model.Durability;
import dev.topics.storage.journal.JournalState;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Gauges and counters of the engine: of all topics together, of queues, of the log and packs.
///
/// **Threading** [#refresh] one thread at a time; the rest from any thread.
final class EngineMetrics {
  private static final double[] SYNC_MICROS = {
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 1_000_000
  };

  private final MeterRegistry registry;
  private final DistributionSummary syncMicros;

  /// The numbers of one scrape, so that all gauges speak of the same moment.
  private volatile @Nullable EngineStats stats;

  EngineMetrics(MeterRegistry registry) {
    this.registry = registry;
    syncMicros =
        DistributionSummary.builder("topics_wal_fsync_latency_us")
            .description("How long syncs of the log took, in microseconds")
            .serviceLevelObjectives(SYNC_MICROS)
            .register(registry);
    addTotals();
    addQueues();
    addLog();
    addPacks();
  }

  void synced(long nanos) {
    syncMicros.record(nanos / 1000.0);
  }

  /// Takes the numbers of the next scrape.
  void refresh(@Nullable EngineStats engine) {
    stats = engine;
  }

  private void addTotals() {
    gauge("topics_topics", "Topics", Tags.empty(), EngineStats::topics);
    for (Durability durability : Durability.values()) {
      Tags tags = Tags.of("class", durability.name().toLowerCase(Locale.ROOT));
      gauge(
          "topics_topics_by_class",
          "Topics of each durability class",
          tags,
          engine -> engine.topicsByClass().getOrDefault(durability, 0));
    }
    gauge("topics_routers", "Routers", Tags.empty(), EngineStats::routers);
    gauge(
        "topics_records_live",
        "Live records in all topics",
        Tags.empty(),
        EngineStats::recordsLive);
    gauge(
        "topics_bytes_live",
        "Data and meta of all live records in bytes",
        Tags.empty(),
        EngineStats::bytesLive);
    counter(
        "topics_records_evicted",
        "Records that caps and times to live removed",
        EngineStats::recordsEvicted);
    gauge(
        "topics_time_frozen",
        "1 while nothing expires because the wall clock jumped",
        Tags.empty(),
        engine -> engine.timeFrozen() ? 1 : 0);
    counter(
        "topics_background_failures",
        "How often a defect made work in the background, or an answer to a client, fail",
        EngineStats::failures);
  }

  private void addQueues() {
    gauge("topics_queue_topics", "Topics that are queues", Tags.empty(), EngineStats::queueTopics);
    gauge(
        "topics_queue_leases_in_flight",
        "Jobs under a lease in all queues",
        Tags.empty(),
        EngineStats::jobsInFlight);
    counter(
        "topics_queue_jobs_claimed",
        "Jobs that workers claimed",
        engine -> engine.jobs().claimed());
    counter(
        "topics_queue_jobs_acked", "Jobs that workers finished", engine -> engine.jobs().acked());
    counter(
        "topics_queue_jobs_nacked",
        "Jobs that workers gave back",
        engine -> engine.jobs().nacked());
    counter(
        "topics_queue_leases_extended",
        "Leases that workers extended",
        engine -> engine.jobs().extended());
    counter(
        "topics_queue_leases_expired", "Leases that ran out", engine -> engine.jobs().expired());
    counter(
        "topics_queue_jobs_dead_lettered",
        "Jobs that moved to a dead letter",
        engine -> engine.jobs().deadLettered());
  }

  private void addLog() {
    counter(
        "topics_wal_frames", "Frames committed to the log", engine -> engine.journal().frames());
    counter(
        "topics_wal_batches",
        "Syncs that made frames durable",
        engine -> engine.journal().batches());
    counter("topics_wal_fsyncs", "Syncs of files of the log", engine -> engine.journal().fsyncs());
    counter(
        "topics_wal_bytes_written",
        "Bytes committed to the log",
        engine -> engine.journal().bytesWritten());
    counter(
        "topics_wal_bytes_prepared",
        "Bytes of zeros and first pages of files made ready for the log",
        engine -> engine.journal().bytesPrepared());
    counter(
        "topics_wal_rotations",
        "Changes to the next file of the log",
        engine -> engine.journal().rotations());
    gauge(
        "topics_wal_read_only",
        "1 while the log takes no appends",
        Tags.empty(),
        engine -> engine.journalState() == JournalState.RUNNING ? 0 : 1);
  }

  private void addPacks() {
    counter(
        "topics_packs_written",
        "Packs made of files of the log",
        engine -> engine.packs().written());
    counter(
        "topics_packs_bytes_written",
        "Bytes of packs made of files of the log",
        engine -> engine.packs().bytesWritten());
    counter(
        "topics_packs_merged",
        "Packs that took the place of older ones",
        engine -> engine.packs().merged());
    counter(
        "topics_packs_bytes_merged",
        "Bytes of packs that took the place of older ones",
        engine -> engine.packs().bytesMerged());
    counter(
        "topics_packs_moved",
        "Packs that went to the cold directory",
        engine -> engine.packs().moved());
    counter(
        "topics_packs_deleted",
        "Packs that nobody needed any more",
        engine -> engine.packs().deleted());
    gauge(
        "topics_packs_set_aside",
        "Packs that could not be merged or moved, and are tried again within an hour",
        Tags.empty(),
        engine -> engine.packs().setAside());
    counter(
        "topics_checkpoints_written",
        "Checkpoints of the state of all topics",
        engine -> engine.checkpoints().written());
    counter(
        "topics_checkpoints_bytes_written",
        "Bytes of these",
        engine -> engine.checkpoints().bytesWritten());
    counter(
        "topics_scrub_rounds",
        "How often the scrubber read all packs",
        engine -> engine.scrub().rounds());
    counter("topics_scrub_bytes", "Bytes that the scrubber read", engine -> engine.scrub().bytes());
    counter(
        "topics_scrub_damaged",
        "Damage that the scrubber met, once in a round each",
        engine -> engine.scrub().damaged());
  }

  private void gauge(String name, String help, Tags tags, ToDoubleFunction<EngineStats> value) {
    Gauge.builder(name, this, metrics -> metrics.of(value))
        .description(help)
        .tags(tags)
        .register(registry);
  }

  private void counter(String name, String help, ToDoubleFunction<EngineStats> value) {
    FunctionCounter.builder(name, this, metrics -> metrics.of(value))
        .description(help)
        .register(registry);
  }

  private double of(ToDoubleFunction<EngineStats> value) {
    EngineStats engine = stats;
    return engine == null ? 0 : value.applyAsDouble(engine);
  }
}
