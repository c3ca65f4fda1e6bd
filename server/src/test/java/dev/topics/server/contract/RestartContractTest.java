package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// semantics §2, §5 and §10: what is there after the server was closed and opened again.
class RestartContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @ParameterizedTest
  @ValueSource(strings = {"memory", "disk", "fsync"})
  void everythingOfALoggedClassIsThereAgainByteForByte(String durability) {
    String topic = server.topic("{'durability':'" + durability + "','priority':5}");
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':12345678901234567890.10,'tag':'t','node':'n',"
                + "'meta':{'a':1,'a':2}},"
                + "{'data':{'\\u00e9': [ ] }}]}")
        .is(200);
    sameAfterRestart(topic);
    server.append(topic, "3").is(200).has("/first_seq", 3);
    sameAfterRestart(topic);
    assertThat(server.diff(topic, 0).hasNull("/tombstone").seqs()).containsExactly(1L, 2L, 3L);
    server.diff(topic, 0).hasRaw("/records/0/data", "12345678901234567890.10");
  }

  @Test
  void anEphemeralTopicKeepsItsConfigurationAndHeadAndReportsItsRecordsAsLost() {
    String topic = server.topicOf(5, "{'durability':'ephemeral','priority':9}");
    server.restart();
    Answer state = server.state(topic);
    state
        .has("/config/durability", "ephemeral")
        .has("/config/priority", 9)
        .has("/count", 0)
        .has("/bytes", 0);
    long head = state.number("/head_seq");
    assertThat(head).isGreaterThanOrEqualTo(5);
    state.has("/earliest_seq", head + 1).has("/next_seq", head + 1);
    Answer diff = server.diff(topic, 0);
    diff.hasJson("/records", "[]").has("/next_from_seq", head).has("/caught_up", true);
    diff.has("/tombstone/reason", "restart")
        .has("/tombstone/gap_from", 1)
        .has("/tombstone/gap_to", head)
        .has("/tombstone/earliest_seq", head + 1);
    server.diff(topic, 3).has("/tombstone/gap_from", 4).has("/tombstone/reason", "restart");
  }

  @Test
  void noSeqOfAnEphemeralTopicIsUsedTwice() {
    String topic = server.topicOf(5, "{'durability':'ephemeral'}");
    server.restart();
    long next = server.state(topic).number("/next_seq");
    server.append(topic, "6", "7").is(200).has("/first_seq", next).has("/last_seq", next + 1);
    Answer diff = server.diff(topic, 5);
    assertThat(diff.data()).containsExactly("6", "7");
    if (next > 6) {
      diff.has("/tombstone/reason", "restart")
          .has("/tombstone/gap_from", 6)
          .has("/tombstone/gap_to", next - 1);
    }
    server.diff(topic, next - 1).hasNull("/tombstone");
    server.restart();
    assertThat(server.state(topic).number("/head_seq")).isGreaterThan(next);
    server.diff(topic, 0).has("/tombstone/reason", "restart").has("/tombstone/gap_from", 1);
  }

  @Test
  void anEphemeralTopicThatWasNeverWrittenLostNothing() {
    String topic = server.topic("{'durability':'ephemeral'}");
    server.restart();
    server.diff(topic, 0).hasNull("/tombstone").has("/caught_up", true);
  }

  @Test
  void recordsWrittenAfterAChangeOfClassFollowTheNewOne() {
    String topic = server.topicOf(2, "{'durability':'ephemeral'}");
    server.put("/v0/topics/" + topic, "{'durability':'disk'}").is(200);
    server.append(topic, "3").is(200).has("/first_seq", 3);
    server.restart();
    Answer diff = server.diff(topic, 0);
    diff.has("/tombstone/reason", "restart")
        .has("/tombstone/gap_from", 1)
        .has("/tombstone/gap_to", 2)
        .has("/tombstone/earliest_seq", 3);
    assertThat(diff.data()).containsExactly("3");
    server.state(topic).has("/count", 1).has("/bytes", 1);
  }

  @Test
  void recordsWrittenBeforeAChangeToEphemeralStay() {
    String topic = server.topicOf(2, "{'durability':'fsync'}");
    server.put("/v0/topics/" + topic, "{'durability':'ephemeral'}").is(200);
    server.append(topic, "3").is(200);
    server.restart();
    Answer diff = server.diff(topic, "{'limit':2}").is(200);
    assertThat(diff.data()).containsExactly("1", "2");
    diff.hasNull("/tombstone");
    Answer after = server.diff(topic, 2);
    after.has("/tombstone/reason", "restart").has("/tombstone/gap_from", 3);
    server.state(topic).has("/count", 2);
  }

  @Test
  void aChangeToFsyncKeepsWhatIsThere() {
    String topic = server.topicOf(3, "{'durability':'memory'}");
    server.put("/v0/topics/" + topic, "{'durability':'fsync'}").is(200);
    sameAfterRestart(topic);
  }

  @Test
  void deletesStayDeleted() {
    String topic = server.topicOf(6);
    server
        .post("/v0/topics/" + topic, "{'records':[{'data':7,'tag':'x'},{'data':8,'tag':'y'}]}")
        .is(200);
    server.deleteRecords(topic, "{'before_seq':3}").is(200);
    server.deleteRecords(topic, "{'match':'x'}").is(200);
    sameAfterRestart(topic);
    assertThat(server.diff(topic, 0).hasNull("/tombstone").seqs())
        .containsExactly(3L, 4L, 5L, 6L, 8L);
    server.deleteRecords(topic, "{'match':'y'}").is(200).has("/deleted", 1);
  }

  @Test
  void theFloorOfTheCapIsKeptExactly() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    sameAfterRestart(topic);
    server.diff(topic, 0).has("/tombstone/reason", "cap").has("/tombstone/gap_to", 7);
    server.diff(topic, 7).hasNull("/tombstone");
  }

  @Test
  void aLiftedCapBringsNothingBackAfterARestartEither() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    server.put("/v0/topics/" + topic, "{'cap_records':0}").is(200);
    sameAfterRestart(topic);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(8L, 9L, 10L);
  }

  @Test
  void theFloorOfTheTimeToLiveIsKeptExactly() {
    String topic = server.topicOf(4, "{'ttl_ms':50000}");
    server.clock().advance(50_001);
    server.fill(topic, 1);
    server.put("/v0/topics/" + topic, "{'ttl_ms':0}").is(200);
    server.diff(topic, 0).has("/tombstone/reason", "ttl").has("/tombstone/gap_to", 4);
    sameAfterRestart(topic);
    server.diff(topic, 0).has("/tombstone/reason", "ttl").has("/tombstone/gap_to", 4);
  }

  @Test
  void aTightenedCapIsKept() {
    String topic = server.topicOf(10);
    server.put("/v0/topics/" + topic, "{'cap_records':4}").is(200);
    sameAfterRestart(topic);
    server.fill(topic, 2);
    server.state(topic).has("/count", 4).has("/earliest_seq", 9);
  }

  @Test
  void aDeletedTopicStaysDeleted() {
    String gone = server.topicOf(3);
    String again = server.topicOf(3);
    server.delete("/v0/topics/" + gone).is(200);
    server.delete("/v0/topics/" + again).is(200);
    server.append(again, "10").is(201);
    server.restart();
    server.get("/v0/topics/" + gone).refused(404, "topic_not_found");
    assertThat(server.diff(again, 0).data()).containsExactly("10");
    server.diff(again, 3).has("/tombstone/reason", "recreated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "disk", "fsync"})
  void anIdempotencyKeyIsRememberedWithItsWrite(String durability) {
    String topic = server.topic("{'durability':'" + durability + "'}");
    String write = "{'records':[{'data':1},{'data':2}],'idempotency_key':'k'}";
    server.post("/v0/topics/" + topic, write).is(200);
    server.restart();
    server
        .post("/v0/topics/" + topic, write)
        .is(200)
        .has("/deduped", true)
        .hasJson("/seqs", "[1,2]");
    assertThat(server.head(topic)).isEqualTo(2);
    server.clock().advance(120_001);
    server.post("/v0/topics/" + topic, write).is(200).has("/deduped", false).has("/first_seq", 3);
  }

  @Test
  void anIdempotencyKeyThatWasForgottenIsNotRememberedAgain() {
    String topic = server.topic("{'idempotency_window_ms':60000}");
    String write = "{'records':[{'data':1}],'idempotency_key':'k'}";
    server.post("/v0/topics/" + topic, write).is(200);
    server.clock().advance(60_001);
    server.restart();
    server.post("/v0/topics/" + topic, write).is(200).has("/deduped", false).has("/first_seq", 2);
  }

  @Test
  void configurationsAndClampsAreKept() {
    String topic =
        server.topic(
            "{'type':'queue','ttl_ms':1000000,'cap_records':5,'cap_bytes':9999,'discard':'reject',"
                + "'durability':'memory','priority':-5000,'auto_priority':false,"
                + "'auto_create':false,"
                + "'idempotency_window_ms':7,'dedupe_node':false,'lease_ms':1,'claim_jitter_ms':3,"
                + "'max_deliveries':4,'dead_letter':'dl','leases_durable':true}");
    server.put("/v0/topics/" + topic, "{'max_deliveries':6}").is(200);
    sameAfterRestart(topic);
    server.state(topic).has("/config/max_deliveries", 6).has("/config/priority", -1000);
  }

  @Test
  void timestampsNeverDecreaseAcrossARestartThoughTheClockStepsBack() {
    String topic = server.topicOf(1);
    long before = server.diff(topic, 0).number("/records/0/$ts");
    server.clock().stepWall(-40_000);
    try {
      server.restart();
      server.append(topic, "2").is(200);
      assertThat(server.diff(topic, 1).number("/records/0/$ts")).isGreaterThanOrEqualTo(before);
    } finally {
      server.clock().stepWall(40_000);
    }
  }

  @Test
  void aThirdRestartFindsWhatTheFirstFound() {
    String topic = server.topicOf(20, "{'cap_records':10}");
    server.deleteRecords(topic, "{'before_seq':13}").is(200);
    sameAfterRestart(topic);
    sameAfterRestart(topic);
    sameAfterRestart(topic);
  }

  /// Restarts; state, records and tombstones from every cursor are as before.
  private static void sameAfterRestart(String topic) {
    StringBuilder before = new StringBuilder();
    describe(topic, before::append);
    server.restart();
    StringBuilder after = new StringBuilder();
    describe(topic, after::append);
    assertThat(after.toString()).isEqualTo(before.toString());
  }

  private static void describe(String topic, Consumer<String> into) {
    Answer state = server.state(topic);
    for (String field :
        new String[] {
          "head_seq", "earliest_seq", "next_seq", "count", "bytes", "config", "last_write_ts"
        }) {
      into.accept(field + "=" + state.at("/" + field) + "\n");
    }
    for (long from = 0; from <= state.number("/head_seq") + 1; from++) {
      Answer diff = server.diff(topic, "{'include_tags':true,'from_seq':" + from + "}").is(200);
      into.accept(diff.text().replaceAll(",\"performance\".*", "") + "\n");
    }
  }
}
