package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §10: metrics.
class MetricsContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topics_topics",
        "topics_routers",
        "topics_records_live",
        "topics_bytes_live",
        "topics_queue_topics",
        "topics_queue_leases_in_flight",
        "topics_sse_connections",
        "topics_watch_sessions",
        "topics_ready",
        "topics_recovery_progress",
        "topics_uptime_ms",
        "topics_topic_metrics_truncated",
        "topics_time_frozen",
        "topics_wal_frames_total",
        "topics_wal_batches_total",
        "topics_wal_fsyncs_total",
        "topics_wal_bytes_written_total",
        "topics_wal_bytes_prepared_total",
        "topics_wal_rotations_total",
        "topics_packs_bytes_written_total",
        "topics_packs_bytes_merged_total",
        "topics_checkpoints_written_total",
        "topics_checkpoints_bytes_written_total",
        "topics_wal_read_only",
        "topics_wal_fsync_latency_us_count",
        "topics_wal_fsync_latency_us_sum"
      })
  void theseMetricsAreThere(String name) {
    server.append(server.topic("{'durability':'fsync'}"), "1").is(200);
    assertThat(metric(name)).isNotNegative();
  }

  @Test
  void metricsOfATopicCarryItsName() {
    String topic = server.topicOf(5, "{'cap_records':3,'type':'queue'}");
    String label = "{topic=\"" + topic + "\"}";
    assertThat(metric("topics_topic_head_seq" + label)).isEqualTo(5);
    assertThat(metric("topics_topic_earliest_seq" + label)).isEqualTo(3);
    assertThat(metric("topics_topic_records_live" + label)).isEqualTo(3);
    assertThat(metric("topics_topic_bytes_live" + label)).isEqualTo(3);
    assertThat(metric("topics_topic_queue_ready" + label)).isEqualTo(3);
    assertThat(metric("topics_topic_queue_in_flight" + label)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void topicsAreCountedByClass(String durability) {
    String name = "topics_topics_by_class{class=\"" + durability + "\"}";
    double before = metric(name);
    server.topic("{'durability':'" + durability + "'}");
    assertThat(metric(name)).isEqualTo(before + 1);
  }

  @Test
  void totalsFollowWritesAndDeletes() {
    String topic = server.topic("{}");
    double topics = metric("topics_topics");
    double records = metric("topics_records_live");
    double bytes = metric("topics_bytes_live");
    server.append(topic, "[1]", "[2]").is(200);
    assertThat(metric("topics_records_live")).isEqualTo(records + 2);
    assertThat(metric("topics_bytes_live")).isEqualTo(bytes + 6);
    server.delete("/v0/topics/" + topic).is(200);
    assertThat(metric("topics_topics")).isEqualTo(topics - 1);
    assertThat(metric("topics_records_live")).isEqualTo(records);
    assertThat(metric("topics_bytes_live")).isEqualTo(bytes);
  }

  @Test
  void theLogIsCounted() {
    String topic = server.topic("{'durability':'fsync'}");
    double frames = metric("topics_wal_frames_total");
    double syncs = metric("topics_wal_fsyncs_total");
    double bytes = metric("topics_wal_bytes_written_total");
    server.append(topic, "1").is(200);
    assertThat(metric("topics_wal_frames_total")).isGreaterThan(frames);
    assertThat(metric("topics_wal_fsyncs_total")).isGreaterThan(syncs);
    assertThat(metric("topics_wal_bytes_written_total")).isGreaterThan(bytes);
    assertThat(metric("topics_wal_read_only")).isZero();
    assertThat(metric("topics_ready")).isEqualTo(1);
    assertThat(metric("topics_recovery_progress")).isEqualTo(1);
  }

  @Test
  void theLatencyOfSyncsIsAHistogram() {
    server.append(server.topic("{'durability':'fsync'}"), "1").is(200);
    String text = server.get("/v0/metrics").text();
    assertThat(text).contains("topics_wal_fsync_latency_us_bucket{le=\"+Inf\"}");
    assertThat(text).containsPattern("# TYPE topics_wal_fsync_latency_us histogram");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v0/metrics", "/metrics"})
  void metricsAreTextByDefault(String path) {
    Answer metrics = server.get(path);
    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.header("Content-Type")).startsWith("text/plain");
    for (String line : metrics.text().split("\n")) {
      assertThat(line)
          .matches("# (HELP|TYPE) \\S+ .*|# EOF|[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*})? \\S+");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v0/metrics", "/metrics"})
  void metricsAreJsonForWhoeverAsks(String path) {
    Answer metrics =
        server.request("GET", path).header("Accept", "application/json").send().is(200);
    assertThat(metrics.text()).contains("topics_topics", "topics_wal_frames_total");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json;q=0",
        "text/plain, application/json;q=0.5",
        "application/json;q=0, */*",
        "*/*"
      })
  void metricsAreTextForWhoeverLikesJsonLess(String accept) {
    Answer metrics = server.request("GET", "/v0/metrics").header("Accept", accept).send();
    assertThat(metrics.header("Content-Type")).startsWith("text/plain");
  }

  @Test
  void requestsAreCountedByRoute() {
    server.diff(server.topicOf(1), 0);
    String text = server.get("/v0/metrics").text();
    assertThat(text).containsPattern("(?m)^topics_http_\\w+\\{.*diff.*} [0-9.]+");
    assertThat(text).containsPattern("(?m)^topics_http_\\w+_bucket\\{.*} [0-9.]+");
  }

  @Test
  void lossesAndDeliveriesAreCounted() {
    String capped = "topics_tombstones_served_total{reason=\"cap\"}";
    double evicted = metric("topics_records_evicted_total");
    double delivered = metric("topics_records_delivered_total");
    double tombstones = metric(capped);
    server.diff(server.topicOf(5, "{'cap_records':3}"), 0);
    assertThat(metric("topics_records_evicted_total")).isEqualTo(evicted + 2);
    assertThat(metric("topics_records_delivered_total")).isEqualTo(delivered + 3);
    assertThat(metric(capped)).isEqualTo(tombstones + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"topics_http_request_bytes_total", "topics_http_response_bytes_total"})
  void bytesAreCountedInBothDirections(String name) {
    double before = metric(name);
    server.topicOf(1);
    assertThat(metric(name)).isGreaterThan(before);
  }

  @Test
  void theProcessIsMeasuredToo() {
    assertThat(server.get("/v0/metrics").text())
        .containsPattern("(?m)^jvm_memory_used_bytes\\{")
        .containsPattern("(?m)^jvm_threads_");
  }

  /// The value of the sample `name`, which may have labels.
  private static double metric(String name) {
    String text = server.get("/v0/metrics").text();
    var sample = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(text);
    assertThat(sample.find()).as("%s in\n%s", name, text).isTrue();
    return Double.parseDouble(sample.group(1));
  }
}
