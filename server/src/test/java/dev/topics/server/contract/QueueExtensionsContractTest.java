package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What queues do beyond the contract (docs/API.md): delays, priorities, order keys, backoff, the
/// list of leases, redrive.
class QueueExtensionsContractTest {
  private ContractServer server;

  @BeforeEach
  void start() {
    server = ContractServer.started();
    server.clock().freeze();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Answer call(String topic, String verb, String body) {
    return server.post("/v0/topics/" + topic + "/" + verb, body);
  }

  private List<Long> claim(String topic, int max) {
    List<Long> seqs = new ArrayList<>();
    call(topic, "claim", "{'node':'w','max':" + max + "}")
        .is(200)
        .at("/claimed")
        .forEach(job -> seqs.add(job.get("$seq").longValue()));
    return seqs;
  }

  private String queue(String config, String... records) {
    String topic = server.topic("{'type':'queue'" + config + "}");
    server.post("/v0/topics/" + topic, "{'records':[" + String.join(",", records) + "]}").is(200);
    return topic;
  }

  // ---- large jobs

  @Test
  void aClaimBringsSomeMegabytesAndLeavesTheOthersUntouched() {
    String megabyte = "{'data':'" + "x".repeat(1_000_000) + "'}";
    String small = "{'data':1}";
    String topic = queue("", small, megabyte, megabyte, megabyte, megabyte, megabyte, megabyte);
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[" + String.join(",", megabyte, megabyte, megabyte, megabyte, small) + "]}")
        .is(200);
    Answer first = call(topic, "claim", "{'node':'w','max':1000}").is(200);
    first.has("/count", 9).has("/ready", 3).has("/claimed/8/$seq", 9);
    Answer second = call(topic, "claim", "{'node':'w','max':1000}").is(200);
    second.has("/count", 3).has("/ready", 0).has("/claimed/0/$seq", 10);
    second.has("/claimed/0/deliveries", 1).has("/claimed/2/deliveries", 1);
  }

  @Test
  void whatAClaimLeavesGoesToThoseWhoWait() throws Exception {
    String large = "{'data':'" + "x".repeat(1_000_000) + "'}";
    String topic = server.topic("{'type':'queue'}");
    try (Wire one = server.connect();
        Wire other = server.connect()) {
      String wait = "{'node':'w','max':1000,'wait_ms':20000}";
      one.send(server.request("POST", "/v0/topics/" + topic + "/claim").json(wait).bytes());
      other.send(server.request("POST", "/v0/topics/" + topic + "/claim").json(wait).bytes());
      String records = String.join(",", Collections.nCopies(10, large));
      server.post("/v0/topics/" + topic, "{'records':[" + records + "]}").is(200);
      long count = one.read().is(200).number("/count");
      assertThat(count + other.read().is(200).number("/count")).isEqualTo(10);
      assertThat(count).isIn(2L, 8L);
    }
  }

  // ---- delays

  @Test
  void aDelayedJobIsInvisibleUntilItsTimeAlsoAcrossARestart() {
    long at = server.clock().wallMillis() + 700;
    String topic =
        queue("", "{'data':1,'delay_ms':500}", "{'data':2,'deliver_at':" + at + "}", "{'data':3}");
    server.state(topic).has("/queue/ready", 1).has("/queue/delayed", 2).has("/count", 3);
    assertThat(claim(topic, 9)).containsExactly(3L);
    server.restart();
    server.state(topic).has("/queue/delayed", 2);
    server.clock().advance(499);
    assertThat(claim(topic, 9)).containsExactly(3L);
    server.clock().advance(1);
    assertThat(claim(topic, 9)).containsExactly(1L);
    server.clock().advance(200);
    assertThat(claim(topic, 9)).containsExactly(2L);
  }

  @Test
  void aMomentInThePastIsNow() {
    assertThat(claim(queue("", "{'data':1,'deliver_at':5}"), 1)).containsExactly(1L);
  }

  @Test
  void aStepOfTheWallClockNeitherEndsALeaseNorADelay() {
    String topic = queue("", "{'data':1}", "{'data':2,'delay_ms':60000}");
    assertThat(claim(topic, 9)).containsExactly(1L);
    server.clock().stepWall(3_600_000);
    server.state(topic).has("/queue/in_flight", 1).has("/queue/delayed", 1);
    server.clock().stepWall(-7_200_000);
    server.clock().advance(30_001);
    server.state(topic).has("/queue/in_flight", 0).has("/queue/delayed", 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'delay_ms':-1",
        "'delay_ms':'5'",
        "'delay_ms':1.5",
        "'deliver_at':true",
        "'priority':10",
        "'priority':-1",
        "'order_key':7"
      })
  void aFieldOfAWrongTypeIsInvalid(String field) {
    String topic = queue("", "{'data':1}");
    server
        .post("/v0/topics/" + topic, "{'records':[{'data':1," + field + "}]}")
        .invalid()
        .saying("records[0]." + field.substring(1, field.indexOf(':') - 1));
    server.state(topic).has("/head_seq", 1);
  }

  @Test
  void anOrderKeyIsBounded() {
    String topic = queue("", "{'data':1,'order_key':'" + "k".repeat(256) + "'}");
    server
        .post(
            "/v0/topics/" + topic, "{'records':[{'data':1,'order_key':'" + "k".repeat(257) + "'}]}")
        .invalid();
  }

  @Test
  void aLogRefusesWhatOnlyQueuesUnderstand() {
    String log = server.topic("{}");
    for (String field : List.of("'delay_ms':5", "'priority':0", "'order_key':'k'")) {
      server
          .post("/v0/topics/" + log, "{'records':[{'data':1," + field + "}]}")
          .refused(409, "not_a_queue");
      String absent = server.name();
      server
          .post("/v0/topics/" + absent, "{'records':[{'data':1," + field + "}]}")
          .refused(409, "not_a_queue");
      assertThat(server.exists(absent)).isFalse();
    }
    server
        .post("/v0/topics/" + log, "{'records':[{'data':1,'delay_ms':null,'unknown':2}]}")
        .is(200);
  }

  // ---- priorities

  @Test
  void aHigherPriorityComesFirstAndTiesGoBySeq() {
    String topic =
        queue(
            "",
            "{'data':1}",
            "{'data':2,'priority':5}",
            "{'data':3,'priority':9}",
            "{'data':4,'priority':5}",
            "{'data':5}");
    for (long seq : List.of(3L, 2L, 4L, 1L, 5L)) {
      assertThat(claim(topic, 1)).containsExactly(seq);
    }
  }

  @Test
  void nobodyWaitsForEver() {
    String topic = queue("", "{'data':1}");
    server.clock().advance(9 * 60_000 + 1);
    server.post("/v0/topics/" + topic, "{'records':[{'data':2,'priority':9}]}").is(200);
    assertThat(claim(topic, 1)).containsExactly(1L);
  }

  // ---- order keys

  @Test
  void jobsOfOneKeyRunOneAtATimeInOrder() {
    String topic =
        queue(
            "",
            "{'data':1,'order_key':'a'}",
            "{'data':2,'order_key':'a'}",
            "{'data':3,'order_key':'b'}",
            "{'data':4}",
            "{'data':5,'order_key':'a'}");
    assertThat(claim(topic, 9)).containsExactly(1L, 3L, 4L);
    server.state(topic).has("/queue/ready", 2).has("/queue/blocked", 2);
    call(topic, "nack", "{'node':'w','seqs':[1],'delay_ms':1000}").is(200);
    assertThat(claim(topic, 9)).isEmpty();
    server.clock().advance(1000);
    assertThat(claim(topic, 9)).containsExactly(1L);
    server.clock().advance(30_001);
    assertThat(claim(topic, 9)).containsExactly(1L, 3L, 4L);
    call(topic, "ack", "{'node':'w','seqs':[1]}").is(200);
    assertThat(claim(topic, 9)).containsExactly(2L);
    call(topic, "ack", "{'node':'w','seqs':[2]}").is(200);
    assertThat(claim(topic, 9)).containsExactly(5L);
  }

  @Test
  void orderIsKeptAcrossARestartAndADeadLetter() {
    String topic =
        queue(
            ",'max_deliveries':1,'dead_letter':'dead'",
            "{'data':1,'order_key':'a'}",
            "{'data':2,'order_key':'a'}");
    assertThat(claim(topic, 9)).containsExactly(1L);
    server.restart();
    assertThat(claim(topic, 9)).containsExactly(2L);
    server.awaitCount("dead", 1);
  }

  // ---- backoff

  @Test
  void retriesRestAsTheBackoffSays() {
    String topic = queue(",'backoff_ms':[100,1000],'lease_ms':500", "{'data':1}");
    server.state(topic).hasJson("/config/backoff_ms", "[100,1000]");
    assertThat(claim(topic, 1)).containsExactly(1L);
    call(topic, "nack", "{'node':'w','seqs':[1]}").is(200);
    server.clock().advance(99);
    assertThat(claim(topic, 1)).isEmpty();
    server.clock().advance(1);
    assertThat(claim(topic, 1)).containsExactly(1L);
    server.clock().advance(501);
    server.state(topic).has("/queue/in_flight", 0).has("/queue/delayed", 1);
    server.clock().advance(998);
    assertThat(claim(topic, 1)).isEmpty();
    server.clock().advance(1);
    assertThat(claim(topic, 1)).containsExactly(1L);
    call(topic, "nack", "{'node':'w','seqs':[1],'delay_ms':0}").is(200);
    assertThat(claim(topic, 1)).containsExactly(1L);
    server.restart();
    server.state(topic).hasJson("/config/backoff_ms", "[100,1000]");
  }

  @Test
  void aBackoffIsBounded() {
    String topic = server.topic("{'type':'queue','backoff_ms':[99999999999]}");
    server.state(topic).hasJson("/config/backoff_ms", "[86400000]");
    server.put("/v0/topics/" + topic, "{'backoff_ms':" + Json.repeated("1", 33) + "}").invalid();
    server.put("/v0/topics/" + topic, "{'backoff_ms':['1']}").invalid();
    server
        .put("/v0/topics/" + topic, "{'backoff_ms':null}")
        .is(200)
        .hasJson("/config/backoff_ms", "[]");
  }

  // ---- the list of leases

  @Test
  void leasesAreListedWithWhatKeepsEachJob() {
    String topic =
        queue(
            "",
            "{'data':1,'order_key':'a'}",
            "{'data':2,'order_key':'a'}",
            "{'data':3,'delay_ms':1000}",
            "{'data':4}",
            "{'data':5}");
    assertThat(claim(topic, 2)).containsExactly(1L, 4L);
    call(topic, "nack", "{'node':'w','seqs':[4],'error':'" + "é".repeat(600) + "'}").is(200);
    long now = server.clock().wallMillis();
    Answer answer = server.get("/v0/topics/" + topic + "/leases").is(200);
    answer.hasExactly("", "topic", "leases", "performance");
    answer
        .hasJson(
            "/leases/0",
            "{'seq':1,'state':'leased','deliveries':1,'node':'w','deadline':"
                + (now + 30_000)
                + ",'order_key':'a'}")
        .hasJson("/leases/1", "{'seq':2,'state':'blocked','deliveries':0,'order_key':'a'}")
        .hasJson(
            "/leases/2",
            "{'seq':3,'state':'delayed','deliveries':0,'deliver_at':" + (now + 1000) + "}")
        .has("/leases/3/state", "ready")
        .has("/leases/3/last_error", "é".repeat(510) + "…");
    Answer first = server.get("/v0/topics/" + topic + "/leases?page_size=3").is(200);
    assertThat(first.at("/leases")).hasSize(3);
    Answer second =
        server
            .get("/v0/topics/" + topic + "/leases?cursor=" + first.string("/next_cursor"))
            .is(200);
    assertThat(second.at("/leases")).hasSize(1);
    second.lacks("/next_cursor");
    server.get("/v0/topics/" + topic + "/leases?cursor=%21").invalid();
    server.get("/v0/topics/" + server.topic("{}") + "/leases").refused(409, "not_a_queue");
    server.get("/v0/topics/absent/leases").refused(404, "topic_not_found");
  }

  // ---- redrive

  private String poisoned(int jobs) {
    String topic = server.topicOf(jobs, "{'type':'queue','max_deliveries':1,'dead_letter':'dead'}");
    poison(topic, jobs);
    return topic;
  }

  private void poison(String topic, int jobs) {
    claim(topic, jobs);
    server.clock().advance(30_001);
    assertThat(claim(topic, jobs)).isEmpty();
    server.awaitCount("dead", jobs);
  }

  @Test
  void redriveMovesJobsBackWithTheirProvenance() {
    String topic = poisoned(3);
    Answer dry = call("dead", "redrive", "{'dry_run':true}").is(200);
    dry.hasExactly(
        "",
        "topic",
        "dry_run",
        "redriven",
        "targets",
        "skipped",
        "skipped_total",
        "more",
        "performance");
    dry.has("/redriven", 3).has("/targets/" + topic, 3).has("/dry_run", true);
    server.state("dead").has("/count", 3);
    call("dead", "redrive", "{'max':1}").is(200).has("/redriven", 1).has("/more", true);
    call("dead", "redrive", "{'seqs':[3]}").is(200).has("/redriven", 1);
    call("dead", "redrive", "{}").is(200).has("/redriven", 1).has("/more", false);
    server.state("dead").has("/count", 0);
    server.state(topic).has("/queue/ready", 3);
    server
        .diff(topic, 0)
        .hasJson("/records/0/data", "1")
        .has("/records/0/meta/$dead_letter_from", topic)
        .has("/records/0/meta/$dead_letter_src_seq", "1")
        .has("/records/0/meta/$redriven_from", "dead")
        .has("/records/0/meta/$redrives", "1");
  }

  @Test
  void redriveElsewhereByTagAndNotForEver() {
    String topic =
        queue(
            ",'max_deliveries':1,'dead_letter':'dead'",
            "{'data':1,'tag':'x1','priority':7,'order_key':'k'}",
            "{'data':2,'tag':'y'}");
    poison(topic, 2);
    server.put("/v0/topics/other", "{'type':'queue'}").is(201);
    call("dead", "redrive", "{'to':'other','match':['tag','Glob','x*']}")
        .is(200)
        .has("/redriven", 1)
        .has("/targets/other", 1);
    server.awaitCount("dead", 1);
    server.get("/v0/topics/other/leases").is(200).has("/leases/0/order_key", "k");
    for (int round = 0; round < 10; round++) {
      call("dead", "redrive", "{}").is(200).has("/redriven", 1);
      poison(topic, 1);
    }
    call("dead", "redrive", "{}")
        .is(200)
        .has("/redriven", 0)
        .has("/skipped_total", 1)
        .has("/skipped/0/reason", "loop");
    call("dead", "redrive", "{'to':'other'}").is(200).has("/redriven", 1);
  }

  @Test
  void whatCannotBeRedrivenStaysAndIsTold() {
    server.append("dead", "1").is(201);
    call("dead", "redrive", "").is(200).has("/skipped/0/reason", "no_origin");
    call("dead", "redrive", "{'to':'absent'}").is(200).has("/skipped/0/reason", "target_missing");
    server.put("/v0/topics/full", "{'cap_records':1,'discard':'reject'}").is(201);
    server.append("full", "1").is(200);
    call("dead", "redrive", "{'to':'full'}").is(200).has("/skipped/0/reason", "target_full");
    call("dead", "redrive", "{'to':'dead'}").invalid();
    call("dead", "redrive", "{'seqs':[]}").invalid();
    call("absent", "redrive", "{}").refused(404, "topic_not_found");
    server.state("dead").has("/count", 1);
  }

  @Test
  void redriveMovesAsManyAsTheTargetHasRoomFor() {
    server.append("dead", "1", "\"" + "x".repeat(600) + "\"", "3", "4").is(201);
    server.put("/v0/topics/few", "{'cap_records':3,'discard':'reject'}").is(201);
    server.append("few", "0").is(200);
    server.put("/v0/topics/small", "{'cap_bytes':500,'discard':'reject'}").is(201);

    for (boolean dry : new boolean[] {true, false}) {
      call("dead", "redrive", "{'to':'small','seqs':[1,2,3],'dry_run':%s}".formatted(dry))
          .is(200)
          .has("/redriven", 2)
          .has("/skipped_total", 1)
          .has("/skipped/0/seq", 2)
          .has("/skipped/0/reason", "target_full");
    }
    server.append("dead", "5").is(200);
    call("dead", "redrive", "{'to':'few'}")
        .is(200)
        .has("/redriven", 2)
        .has("/skipped/0/seq", 5)
        .has("/skipped/0/reason", "target_full");
    server.state("dead").has("/count", 1);
    server.diff("small", 0).hasJson("/records/0/data", "1").hasJson("/records/1/data", "3");
    server.diff("few", 2).hasJson("/records/0/data", "4");
  }

  @Test
  void aJobOfTheDeadLetterThatSomebodyHoldsKeepsNoOtherThere() {
    server.put("/v0/topics/dead", "{'type':'queue'}").is(201);
    server.put("/v0/topics/other", "{}").is(201);
    server.append("dead", "1", "2").is(200);
    assertThat(claim("dead", 1)).hasSize(1);
    call("dead", "redrive", "{'to':'other','seqs':[1,2]}")
        .is(200)
        .has("/redriven", 1)
        .has("/skipped_total", 1)
        .has("/skipped/0/seq", 1)
        .has("/skipped/0/reason", "leased");
    server.state("dead").has("/count", 1);
  }

  @Test
  void redriveKeepsToItsRate() {
    String topic = poisoned(30);
    long start = System.nanoTime();
    call("dead", "redrive", "{'rate_per_s':50}").is(200).has("/redriven", 30);
    assertThat(System.nanoTime() - start).isGreaterThan(300_000_000L);
    server.state(topic).has("/queue/ready", 30);
  }
}
