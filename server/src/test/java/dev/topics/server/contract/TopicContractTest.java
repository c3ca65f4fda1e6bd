package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// http-api §2.3 and §2.5, semantics §9: the state of a topic, its priority, and its end.
class TopicContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @BeforeAll
  static void freezeTime() {
    server.clock().freeze();
  }

  // ---- state

  @Test
  void aTopicThatWasNeverWrittenIsEmpty() {
    String topic = server.topic("{}");
    Answer state = server.state(topic);
    state.hasExactly(
        "",
        "topic",
        "type",
        "head_seq",
        "earliest_seq",
        "next_seq",
        "count",
        "bytes",
        "config",
        "effective_priority",
        "last_write_ts",
        "last_read_ts",
        "performance");
    state
        .has("/topic", topic)
        .has("/type", "log")
        .has("/head_seq", 0)
        .has("/earliest_seq", 1)
        .has("/next_seq", 1)
        .has("/count", 0)
        .has("/bytes", 0)
        .has("/effective_priority", 0)
        .hasNull("/last_write_ts")
        .hasNull("/last_read_ts");
  }

  @Test
  void theStateOfAQueueHasItsJobs() {
    String queue = server.topicOf(2, "{'type':'queue'}");
    Answer state = server.state(queue).has("/type", "queue");
    state.hasJson(
        "/queue", "{'ready':2,'in_flight':0,'delayed':0,'blocked':0,'dead_lettered':0,'stuck':0}");
    server.deleteRecords(queue, "{'before_seq':2}").is(200);
    server.state(queue).has("/queue/ready", 1).has("/count", 1);
  }

  @Test
  void theStateFollowsWritesReadsAndDeletes() {
    String topic = server.topic("{}");
    long writtenAt = server.clock().wallMillis();
    server
        .post("/v0/topics/" + topic, "{'records':[{'data':'abc','meta':{'k': 1}},{'data':[1, 2]}]}")
        .is(200);
    server
        .state(topic)
        .has("/head_seq", 2)
        .has("/earliest_seq", 1)
        .has("/next_seq", 3)
        .has("/count", 2)
        .has("/bytes", "'abc'{'k':1}[1,2]".length())
        .has("/last_write_ts", writtenAt)
        .hasNull("/last_read_ts");
    server.clock().advance(5);
    server.diff(topic, 0);
    server.state(topic).has("/last_write_ts", writtenAt).has("/last_read_ts", writtenAt + 5);
    server.deleteRecords(topic, "{'before_seq':2}").is(200);
    server
        .state(topic)
        .has("/head_seq", 2)
        .has("/earliest_seq", 2)
        .has("/count", 1)
        .has("/bytes", "[1,2]".length());
    server.deleteRecords(topic, "{'before_seq':3}").is(200);
    server
        .state(topic)
        .has("/head_seq", 2)
        .has("/earliest_seq", 3)
        .has("/next_seq", 3)
        .has("/count", 0)
        .has("/bytes", 0);
  }

  @Test
  void askingForTheStateNeverCreates() {
    String topic = server.name();
    server.get("/v0/topics/" + topic).refused(404, "topic_not_found");
    server.get("/v0/topics/" + topic + "?touch=false").refused(404, "topic_not_found");
    server.put("/v0/topics/" + topic, "{}").is(201);
  }

  // ---- priority

  @Test
  void consumptionRaisesThePriorityForAWhile() {
    String topic = server.topic("{}");
    priority(topic, 0);
    server.diff(topic, 0);
    priority(topic, 500);
    server.clock().advance(30_000);
    priority(topic, 250);
    server.clock().advance(30_000);
    priority(topic, 125);
    server.clock().advance(5 * 60_000);
    priority(topic, 0);
  }

  @Test
  void askingForTheStateCountsAsConsumptionUnlessToldOtherwise() {
    String topic = server.topic("{}");
    server.get("/v0/topics/" + topic + "?touch=false").is(200);
    priority(topic, 0);
    server.get("/v0/topics/" + topic).is(200);
    priority(topic, 500);
    server.clock().advance(30_000);
    server.get("/v0/topics/" + topic + "?touch=true").is(200);
    priority(topic, 500);
  }

  @Test
  void listingCountsAsConsumptionOnlyWhenAsked() {
    String topic = server.topic("{}");
    server.get("/v0/topics?prefix=" + topic).is(200);
    server.get("/v0/topics?touch=false&prefix=" + topic).is(200);
    priority(topic, 0);
    server.get("/v0/topics?touch=true&prefix=" + topic).is(200);
    priority(topic, 500);
  }

  @Test
  void writingIsNoConsumption() {
    String topic = server.topicOf(3);
    priority(topic, 0);
  }

  @Test
  void aManualPriorityIsUsedInstead() {
    String topic = server.topic("{'priority':7}");
    server.diff(topic, 0);
    priority(topic, 7);
    server.put("/v0/topics/" + topic, "{'priority':-5000}").is(200);
    priority(topic, -1000);
    server.put("/v0/topics/" + topic, "{'priority':null}").is(200);
    priority(topic, 500);
    server.put("/v0/topics/" + topic, "{'auto_priority':false}").is(200);
    priority(topic, 0);
  }

  private static void priority(String topic, int expected) {
    server.state(topic).has("/effective_priority", expected);
  }

  // ---- deletion

  @Test
  void deletingATopicRemovesItAndIsIdempotent() {
    String topic = server.topicOf(3);
    Answer deleted = server.delete("/v0/topics/" + topic).is(200);
    deleted.hasExactly("", "topic", "deleted", "routers_removed", "performance");
    deleted.has("/topic", topic).has("/deleted", true).hasJson("/routers_removed", "[]");
    server.get("/v0/topics/" + topic).refused(404, "topic_not_found");
    server.diff(topic, "{}").refused(404, "topic_not_found");
    server.deleteRecords(topic, "{'before_seq':1}").refused(404, "topic_not_found");
    server
        .delete("/v0/topics/" + topic)
        .is(200)
        .has("/deleted", false)
        .hasJson("/routers_removed", "[]");
  }

  @Test
  void ifEmptySparesATopicThatHasRecords() {
    String topic = server.topicOf(2);
    server
        .unchanged(topic, () -> server.delete("/v0/topics/" + topic + "?if_empty=true"))
        .refused(409, "topic_not_empty");
    server.deleteRecords(topic, "{'before_seq':3}").is(200);
    server.delete("/v0/topics/" + topic + "?if_empty=true").is(200).has("/deleted", true);
    server.delete("/v0/topics/" + topic + "?if_empty=true").is(200).has("/deleted", false);
    String full = server.topicOf(1);
    server.delete("/v0/topics/" + full + "?if_empty=false").is(200).has("/deleted", true);
  }

  @Test
  void aLaterWriteMakesANewTopicFromSeqOneWithTheDefaults() {
    String topic = server.topicOf(5, "{'cap_records':9,'durability':'memory'}");
    server.delete("/v0/topics/" + topic).is(200);
    server
        .append(topic, "'new'".replace('\'', '"'))
        .is(201)
        .has("/first_seq", 1)
        .has("/created", true);
    server
        .state(topic)
        .has("/head_seq", 1)
        .has("/count", 1)
        .has("/config/cap_records", 0)
        .has("/config/durability", "disk");
    assertThat(server.diff(topic, 0).data()).containsExactly("\"new\"");
  }

  @Test
  void aStaleReaderOfADeletedAndRecreatedTopicIsTold() {
    String topic = server.topicOf(5);
    server.delete("/v0/topics/" + topic).is(200);
    server.append(topic, "10", "20").is(201);
    Answer diff = server.diff(topic, 5);
    assertThat(diff.data()).containsExactly("10", "20");
    diff.has("/tombstone/reason", "recreated");
  }

  @Test
  void deletionForgetsIdempotencyKeys() {
    String topic = server.topic("{}");
    String write = "{'records':[{'data':1}],'idempotency_key':'k'}";
    server.post("/v0/topics/" + topic, write).is(200).has("/deduped", false);
    server.delete("/v0/topics/" + topic).is(200);
    server.post("/v0/topics/" + topic, write).is(201).has("/deduped", false).has("/first_seq", 1);
  }

  @Test
  void deletionForgetsTags() {
    String topic = server.topic("{}");
    server.post("/v0/topics/" + topic, "{'records':[{'data':1,'tag':'x'}]}").is(200);
    server.delete("/v0/topics/" + topic).is(200);
    server.append(topic, "2").is(201);
    server.deleteRecords(topic, "{'match':'x'}").is(200).has("/deleted", 0).has("/count", 1);
  }
}
