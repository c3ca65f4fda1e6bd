package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §8, semantics §8: claim, ack, nack, extend.
class QueueContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @BeforeAll
  static void standStill() {
    server.clock().freeze();
  }

  private static String queueOf(int jobs) {
    return server.topicOf(jobs, "{'type':'queue'}");
  }

  private static String queueOf(int jobs, String config) {
    return server.topicOf(jobs, "{'type':'queue'," + config + "}");
  }

  private static Answer call(String topic, String verb, String body) {
    return server.post("/v0/topics/" + topic + "/" + verb, body);
  }

  private static Answer claim(String topic, String fields) {
    return call(topic, "claim", "{'node':'w'" + (fields.isEmpty() ? "" : ",") + fields + "}");
  }

  private static List<Long> claimed(Answer answer) {
    List<Long> seqs = new ArrayList<>();
    answer.at("/claimed").forEach(job -> seqs.add(job.get("$seq").longValue()));
    return seqs;
  }

  private static void holds(String topic, long ready, long inFlight, long delayed) {
    server
        .state(topic)
        .has("/queue/ready", ready)
        .has("/queue/in_flight", inFlight)
        .has("/queue/delayed", delayed)
        .has("/count", ready + inFlight + delayed);
  }

  // ---- claim

  @Test
  void aClaimedJobCarriesEverythingOfItsRecordAndOfItsLease() {
    String topic = queueOf(0);
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':{'a':1.50},'tag':'t\\u0022','node':'p','meta':{'k':'v'}}]}")
        .is(200);
    Answer answer = claim(topic, "").is(200);
    answer.hasExactly("", "topic", "claimed", "count", "ready", "performance");
    answer.has("/topic", topic).has("/count", 1).has("/ready", 0);
    answer.hasExactly(
        "/claimed/0",
        "$seq",
        "lease_id",
        "deadline",
        "$ts",
        "$node",
        "$tag",
        "deliveries",
        "meta",
        "data");
    answer
        .has("/claimed/0/$seq", 1)
        .has("/claimed/0/$node", "p")
        .has("/claimed/0/$tag", "t\"")
        .has("/claimed/0/deliveries", 1)
        .has("/claimed/0/deadline", server.clock().wallMillis() + 30_000)
        .hasJson("/claimed/0/meta", "{'k':'v'}")
        .hasRaw("/claimed/0/data", "{\"a\":1.50}");
    assertThat(answer.string("/claimed/0/lease_id")).startsWith("lease_");
  }

  @Test
  void aJobWithoutExtrasHasNone() {
    claim(queueOf(1), "")
        .is(200)
        .hasExactly("/claimed/0", "$seq", "lease_id", "deadline", "$ts", "deliveries", "data");
  }

  @Test
  void claimsAreAscendingAndDoNotOverlap() {
    String topic = queueOf(5);
    assertThat(claimed(claim(topic, "'max':2").is(200).has("/ready", 3))).containsExactly(1L, 2L);
    assertThat(claimed(claim(topic, "'max':9").is(200).has("/ready", 0)))
        .containsExactly(3L, 4L, 5L);
    claim(topic, "").is(200).hasJson("/claimed", "[]").has("/count", 0);
    holds(topic, 0, 5, 0);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "5000, 1000", "9223372036854775807, 1000"})
  void maxIsClamped(String max, int expected) {
    claim(queueOf(1200), "'max':" + max).is(200).has("/count", expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'node':null}",
        "{'node':''}",
        "{'node':1}",
        "{'node':'w','max':-1}",
        "{'node':'w','max':'2'}",
        "{'node':'w','lease_ms':-5}",
        "{'node':'w','wait_ms':1.5}"
      })
  void aClaimThatIsNoneIsInvalid(String body) {
    String topic = queueOf(1);
    call(topic, "claim", body).invalid();
    holds(topic, 1, 0, 0);
  }

  @Test
  void aNodeIsBounded() {
    String topic = queueOf(1);
    call(topic, "claim", "{'node':'" + "n".repeat(129) + "'}").invalid().saying("node");
    call(topic, "claim", "{'node':'" + "n".repeat(128) + "'}").is(200).has("/count", 1);
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "250, 250", "99999999999, 86400000"})
  void leasesAreClamped(String wanted, long expected) {
    claim(queueOf(1), "'lease_ms':" + wanted)
        .is(200)
        .has("/claimed/0/deadline", server.clock().wallMillis() + expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"claim", "ack", "nack", "extend"})
  void onlyQueuesHaveJobs(String verb) {
    String body = "{'node':'w','seqs':[1],'lease_ms':1000}";
    call(server.topicOf(1), verb, body).refused(409, "not_a_queue").saying("log");
    call(server.name(), verb, body).refused(404, "topic_not_found");
  }

  // ---- long poll

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void anAppendEndsTheWait(String durability) {
    String topic = queueOf(0, "'durability':'" + durability + "'");
    try (Wire worker = server.connect()) {
      worker.send(waiting(topic, 20_000).bytes());
      server.append(topic, "1").is(200);
      assertThat(claimed(worker.read().is(200))).containsExactly(1L);
    }
  }

  @Test
  void aNackEndsTheWait() {
    String topic = queueOf(1);
    claim(topic, "").is(200);
    try (Wire worker = server.connect()) {
      worker.send(waiting(topic, 20_000).bytes());
      call(topic, "nack", "{'node':'w','seqs':[1]}").is(200);
      assertThat(claimed(worker.read().is(200))).containsExactly(1L);
    }
  }

  @Test
  void withoutJobsAClaimIsEmptyAtItsDeadline() {
    String topic = queueOf(0);
    long start = System.nanoTime();
    waiting(topic, 300).send().is(200).has("/count", 0).hasJson("/claimed", "[]");
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(299));
  }

  @Test
  void deletionOfTheQueueEndsTheWaitWithA404() {
    String topic = queueOf(0);
    try (Wire worker = server.connect()) {
      worker.send(waiting(topic, 20_000).bytes());
      server.delete("/v0/topics/" + topic).is(200);
      worker.read().refused(404, "topic_not_found");
    }
  }

  /// Whoever goes away may be noticed only after its answer was written; then its lease ends first.
  @Test
  void aWorkerThatGoesAwayWhileItWaitsLosesNoJob() {
    try (ContractServer own = ContractServer.started()) {
      String topic = own.topic("{'type':'queue','lease_ms':100}");
      String target = "/v0/topics/" + topic + "/claim";
      String body = "{'node':'waiting','wait_ms':20000}";
      for (int i = 0; i < 20; i++) {
        own.connect().send(own.request("POST", target).json(body).bytes()).close();
      }
      own.append(topic, "1").is(200);
      assertThat(claimed(own.post(target, body).is(200))).containsExactly(1L);
    }
  }

  private static Request waiting(String topic, int millis) {
    return server
        .request("POST", "/v0/topics/" + topic + "/claim")
        .json("{'node':'waiting','wait_ms':" + millis + "}");
  }

  // ---- ack, nack, extend

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void anAckedJobIsGone(String durability) {
    String topic = queueOf(3, "'durability':'" + durability + "'");
    claim(topic, "'max':2").is(200);
    Answer answer = call(topic, "ack", "{'node':'w','seqs':[2,1]}").is(200);
    answer.hasExactly("", "topic", "acked", "skipped", "ready", "in_flight", "performance");
    answer.has("/acked", 2).hasJson("/skipped", "[]").has("/ready", 1).has("/in_flight", 0);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(3L);
    holds(topic, 1, 0, 0);
  }

  @Test
  void whatIsNotHeldIsSkipped() {
    String topic = queueOf(3);
    claim(topic, "").is(200);
    call(topic, "ack", "{'node':'other','seqs':[1]}")
        .is(200)
        .has("/acked", 0)
        .hasJson("/skipped", "[1]");
    call(topic, "nack", "{'node':'w','seqs':[2,99]}")
        .is(200)
        .has("/nacked", 0)
        .hasJson("/skipped", "[2,99]");
    call(topic, "ack", "{'node':'w','seqs':[1,1]}")
        .is(200)
        .has("/acked", 1)
        .hasJson("/skipped", "[1]");
    call(topic, "ack", "{'node':'w','seqs':[1]}").is(200).has("/acked", 0);
  }

  @Test
  void aStaleTokenIsFenced() {
    String topic = queueOf(1);
    String old = claim(topic, "").is(200).string("/claimed/0/lease_id");
    call(topic, "nack", "{'node':'w','seqs':[1]}").is(200).has("/nacked", 1).has("/ready", 1);
    String current = claim(topic, "").is(200).string("/claimed/0/lease_id");
    assertThat(current).isNotEqualTo(old);
    for (String verb : List.of("ack", "nack", "extend")) {
      call(topic, verb, fenced(old)).is(200).hasJson("/skipped", "[1]");
      call(topic, verb, fenced("nonsense")).is(200).hasJson("/skipped", "[1]");
    }
    call(topic, "ack", fenced(current)).is(200).has("/acked", 1);
  }

  private static String fenced(String token) {
    return "{'node':'w','seqs':[1],'lease_ms':1000,'lease_ids':['" + token + "']}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'node':'w'}",
        "{'node':'w','seqs':[]}",
        "{'node':'w','seqs':1}",
        "{'node':'w','seqs':['1']}",
        "{'node':'w','seqs':[-1]}",
        "{'seqs':[1]}",
        "{'node':'w','seqs':[1],'lease_ids':[]}",
        "{'node':'w','seqs':[1],'lease_ids':'x'}",
        "{'node':'w','seqs':[1],'lease_ids':['a','b']}"
      })
  void aRequestThatNamesNoLeasesIsInvalid(String body) {
    String topic = queueOf(1);
    claim(topic, "").is(200);
    call(topic, "ack", body).invalid();
    call(topic, "nack", body).invalid();
    holds(topic, 0, 1, 0);
  }

  @Test
  void moreThanAThousandSeqsAreTooMany() {
    StringBuilder seqs = new StringBuilder("1");
    for (int i = 2; i <= 1001; i++) {
      seqs.append(',').append(i);
    }
    String topic = queueOf(1);
    call(topic, "ack", "{'node':'w','seqs':[" + seqs + "]}").refused(400, "batch_too_large");
    String fewer = seqs.substring(0, seqs.lastIndexOf(","));
    call(topic, "ack", "{'node':'w','seqs':[" + fewer + "]}").is(200).has("/acked", 0);
  }

  @Test
  void anExtensionMovesTheDeadline() {
    String topic = queueOf(2);
    claim(topic, "'max':2").is(200);
    Answer answer = call(topic, "extend", "{'node':'w','seqs':[1,7],'lease_ms':60000}").is(200);
    answer.hasExactly("", "topic", "extended", "skipped", "deadlines", "performance");
    answer
        .has("/extended", 1)
        .hasJson("/skipped", "[7]")
        .hasExactly("/deadlines", "1")
        .has("/deadlines/1", server.clock().wallMillis() + 60_000);
    call(topic, "extend", "{'node':'w','seqs':[1]}").invalid().saying("lease_ms");
  }

  // ---- time

  @Test
  void aJobIsFreeAgainStrictlyAfterItsDeadline() {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      String topic = own.topicOf(1, "{'type':'queue','lease_ms':1000}");
      own.post("/v0/topics/" + topic + "/claim", "{'node':'a'}").is(200).has("/count", 1);
      own.clock().advance(1000);
      own.post("/v0/topics/" + topic + "/claim", "{'node':'b'}").is(200).has("/count", 0);
      own.state(topic).has("/queue/in_flight", 1);
      own.clock().advance(1);
      own.state(topic).has("/queue/in_flight", 0).has("/queue/ready", 1);
      own.post("/v0/topics/" + topic + "/ack", "{'node':'a','seqs':[1]}").is(200).has("/acked", 0);
      own.post("/v0/topics/" + topic + "/claim", "{'node':'b'}")
          .is(200)
          .has("/claimed/0/deliveries", 2);
    }
  }

  @Test
  void aNackedJobRestsForItsDelay() {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      String topic = own.topicOf(2, "{'type':'queue'}");
      own.post("/v0/topics/" + topic + "/claim", "{'node':'a'}").is(200);
      own.post("/v0/topics/" + topic + "/nack", "{'node':'a','seqs':[1],'delay_ms':500}")
          .is(200)
          .has("/ready", 1)
          .has("/in_flight", 0);
      own.state(topic).has("/queue/delayed", 1);
      own.clock().advance(499);
      own.post("/v0/topics/" + topic + "/claim", "{'node':'a','max':9}").is(200).has("/count", 1);
      own.clock().advance(1);
      own.post("/v0/topics/" + topic + "/claim", "{'node':'a','max':9}")
          .is(200)
          .has("/claimed/0/$seq", 1);
    }
  }

  // ---- restarts

  @ParameterizedTest
  @ValueSource(strings = {"memory", "disk", "fsync"})
  void aRestartForgetsLeasesAndKeepsCounters(String durability) {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      String topic = own.topicOf(2, "{'type':'queue','durability':'" + durability + "'}");
      String target = "/v0/topics/" + topic;
      String old =
          own.post(target + "/claim", "{'node':'a'}").is(200).string("/claimed/0/lease_id");
      own.restart();
      own.state(topic).has("/queue/ready", 2).has("/queue/in_flight", 0);
      Answer again = own.post(target + "/claim", "{'node':'a'}").is(200);
      again.has("/claimed/0/$seq", 1).has("/claimed/0/deliveries", 2);
      own.post(target + "/ack", "{'node':'a','seqs':[1],'lease_ids':['" + old + "']}")
          .is(200)
          .has("/acked", 0);
    }
  }

  @Test
  void durableLeasesSurviveARestart() {
    try (ContractServer own = ContractServer.started()) {
      own.clock().freeze();
      String topic = own.topicOf(2, "{'type':'queue','leases_durable':true}");
      String target = "/v0/topics/" + topic;
      String token =
          own.post(target + "/claim", "{'node':'a'}").is(200).string("/claimed/0/lease_id");
      own.restart();
      own.state(topic).has("/queue/ready", 1).has("/queue/in_flight", 1);
      own.post(target + "/ack", "{'node':'a','seqs':[1],'lease_ids':['" + token + "']}")
          .is(200)
          .has("/acked", 1);
    }
  }

  // ---- dead letters

  @Test
  void aPoisonJobMovesToTheDeadLetter() {
    String topic = server.name();
    String dead = server.name();
    server
        .put(
            "/v0/topics/" + topic,
            "{'type':'queue','max_deliveries':2,'dead_letter':'" + dead + "'}")
        .is(201);
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':[1],'tag':'t','node':'p','meta':{'k':'v'}},{'data':2}]}")
        .is(200);
    for (int delivery = 1; delivery <= 2; delivery++) {
      claim(topic, "").is(200).has("/claimed/0/deliveries", delivery);
      call(topic, "nack", "{'node':'w','seqs':[1],'error':'it broke'}").is(200);
    }
    claim(topic, "").is(200).has("/claimed/0/$seq", 2);
    holds(topic, 0, 1, 0);
    server.state(topic).has("/queue/dead_lettered", 1);
    server.awaitCount(dead, 1).has("/type", "log").has("/config/durability", "disk");
    server
        .diff(dead, "{'include_tags':true}")
        .is(200)
        .hasJson("/records/0/data", "[1]")
        .has("/records/0/$tag", "t")
        .has("/records/0/$node", "p")
        .hasJson(
            "/records/0/meta",
            "{'k':'v','$dead_letter_from':'"
                + topic
                + "','$dead_letter_deliveries':'2','$dead_letter_src_seq':'1',"
                + "'$dead_letter_error':'it broke'}");
  }

  @Test
  void theDeadLetterOfAnFsyncQueueIsFsync() {
    String dead = server.name();
    String topic =
        queueOf(1, "'durability':'fsync','max_deliveries':1,'dead_letter':'" + dead + "'");
    claim(topic, "").is(200).has("/count", 1);
    call(topic, "nack", "{'node':'w','seqs':[1]}").is(200);
    claim(topic, "").is(200).has("/count", 0);
    server.awaitCount(dead, 1).has("/config/durability", "fsync");
  }

  @Test
  void withoutADeadLetterAJobIsDeliveredForEver() {
    String topic = queueOf(1, "'max_deliveries':1");
    for (int delivery = 1; delivery <= 5; delivery++) {
      claim(topic, "").is(200).has("/claimed/0/deliveries", delivery);
      call(topic, "nack", "{'node':'w','seqs':[1]}").is(200);
    }
  }

  // ---- other ways for a job to go

  @Test
  void deletedAndEvictedJobsTakeTheirLeasesAlong() {
    String topic = queueOf(4);
    claim(topic, "'max':3").is(200);
    server.deleteRecords(topic, "{'before_seq':2}").is(200);
    holds(topic, 1, 2, 0);
    server.put("/v0/topics/" + topic, "{'cap_records':2}").is(200);
    holds(topic, 1, 1, 0);
    call(topic, "ack", "{'node':'w','seqs':[1,2,3]}")
        .is(200)
        .has("/acked", 1)
        .hasJson("/skipped", "[1,2]");
  }

  @Test
  void readsDoNotTouchLeases() {
    String topic = queueOf(2);
    claim(topic, "").is(200);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(1L, 2L);
    holds(topic, 1, 1, 0);
  }
}
