package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// semantics §2, §5 and §10: what is there after the process was killed. The killed server is a
/// copy of the files of one that runs: what the operating system would have kept.
class CrashContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @ParameterizedTest
  @ValueSource(strings = {"memory", "disk", "fsync"})
  void everythingAcknowledgedByALoggedClassIsThere(String durability) {
    String topic = server.topic("{'durability':'" + durability + "'}");
    for (int i = 0; i < 20; i++) {
      String write =
          "{'records':[{'data':{'i':" + i + "},'tag':'t" + i + "','node':'n'},{'data':0}]}";
      server.post("/v0/topics/" + topic, write).is(200);
    }
    String before = server.diff(topic, "{'include_tags':true}").at("/records").toString();
    try (ContractServer survivor = server.killed()) {
      Answer diff = survivor.diff(topic, "{'include_tags':true}").is(200).hasNull("/tombstone");
      assertThat(diff.at("/records").toString()).isEqualTo(before);
      survivor.append(topic, "1").is(200).has("/first_seq", 41);
      survivor.deleteRecords(topic, "{'match':'t7'}").is(200).has("/deleted", 1);
    }
  }

  @Test
  void anEphemeralTopicKeepsItsConfigurationAndNeverUsesASeqTwice() {
    String topic = server.topicOf(7, "{'durability':'ephemeral','priority':3}");
    try (ContractServer survivor = server.killed()) {
      Answer state = survivor.state(topic).has("/config/priority", 3).has("/count", 0);
      long head = state.number("/head_seq");
      assertThat(head).isGreaterThanOrEqualTo(7);
      Answer diff = survivor.diff(topic, 2);
      diff.has("/tombstone/reason", "restart")
          .has("/tombstone/gap_from", 3)
          .has("/tombstone/gap_to", head)
          .has("/caught_up", true);
      survivor.append(topic, "1").is(200).has("/first_seq", head + 1);
      assertThat(survivor.diff(topic, head).hasNull("/tombstone").seqs()).containsExactly(head + 1);
      try (ContractServer second = survivor.killed()) {
        assertThat(second.head(topic)).isGreaterThan(head);
      }
    }
  }

  @Test
  void aLossIsReportedToEveryCursorBeforeItAndToNoneBehindIt() {
    String topic = server.topicOf(4, "{'durability':'ephemeral'}");
    server.put("/v0/topics/" + topic, "{'durability':'disk'}").is(200);
    server.append(topic, "5", "6").is(200).hasJson("/seqs", "[5,6]");
    try (ContractServer survivor = server.killed()) {
      for (long from : LongStream.range(0, 4).toArray()) {
        Answer diff = survivor.diff(topic, from);
        diff.has("/tombstone/reason", "restart")
            .has("/tombstone/gap_from", from + 1)
            .has("/tombstone/gap_to", 4)
            .has("/tombstone/earliest_seq", 5);
        assertThat(diff.data()).containsExactly("5", "6");
      }
      survivor.diff(topic, 4).hasNull("/tombstone");
    }
  }

  @Test
  void aKeyIsRecoveredWithItsWrite() {
    String topic = server.topic("{}");
    String write = "{'records':[{'data':1},{'data':2}],'idempotency_key':'k'}";
    server.post("/v0/topics/" + topic, write).is(200);
    try (ContractServer survivor = server.killed()) {
      survivor
          .post("/v0/topics/" + topic, write)
          .is(200)
          .has("/deduped", true)
          .hasJson("/seqs", "[1,2]");
      assertThat(survivor.head(topic)).isEqualTo(2);
    }
  }

  @Test
  void deletesAndFloorsAreRecoveredExactly() {
    String topic = server.topicOf(20, "{'cap_records':10}");
    server.post("/v0/topics/" + topic, "{'records':[{'data':21,'tag':'x'}]}").is(200);
    server.deleteRecords(topic, "{'before_seq':14}").is(200);
    server.deleteRecords(topic, "{'match':'x'}").is(200);
    List<Long> left = server.diff(topic, 0).seqs();
    try (ContractServer survivor = server.killed()) {
      assertThat(survivor.diff(topic, 0).seqs()).isEqualTo(left);
      Answer before = server.diff(topic, 0);
      assertThat(survivor.diff(topic, 0).at("/tombstone")).isEqualTo(before.at("/tombstone"));
      assertThat(survivor.state(topic).at("/count")).isEqualTo(server.state(topic).at("/count"));
      survivor.diff(topic, 11).hasNull("/tombstone");
    }
  }

  @Test
  void configurationsAndDeletedTopicsAreRecovered() {
    String kept = server.topic("{'durable':true,'ttl_ms':12345}");
    String gone = server.topicOf(3);
    server.delete("/v0/topics/" + gone).is(200);
    try (ContractServer survivor = server.killed()) {
      survivor.state(kept).has("/config/ttl_ms", 12345).has("/config/durability", "fsync");
      survivor.get("/v0/topics/" + gone).refused(404, "topic_not_found");
    }
  }
}
