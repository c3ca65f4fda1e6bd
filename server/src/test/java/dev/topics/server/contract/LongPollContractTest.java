package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §4.1 and §4.2: reads that wait.
class LongPollContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void anAppendEndsTheWait(String durability) {
    String topic = server.topic("{'durability':'" + durability + "'}");
    try (Wire reader = server.connect();
        Wire writer = server.connect()) {
      for (int seq = 1; seq <= 50; seq++) {
        reader.send(poll(topic, "'from_seq':" + (seq - 1) + ",'wait_ms':20000").bytes());
        writer.send(write(topic, seq).bytes()).read().is(200);
        Answer answer = reader.read().is(200);
        assertThat(answer.seqs()).containsExactly((long) seq);
        answer.has("/next_from_seq", seq).has("/caught_up", true).has("/records/0/data", seq);
      }
    }
  }

  @Test
  void oneAppendEndsTheWaitOfAllReaders() {
    String topic = server.topicOf(1);
    List<Wire> readers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      readers.add(server.connect().send(poll(topic, "'from_seq':1,'wait_ms':20000").bytes()));
    }
    server.append(topic, "2").is(200);
    for (Wire reader : readers) {
      assertThat(reader.read().is(200).seqs()).containsExactly(2L);
      reader.close();
    }
  }

  @Test
  void withoutAnyNewsItAnswersAtItsDeadline() {
    String topic = server.topicOf(2);
    long start = System.nanoTime();
    Answer answer = poll(topic, "'from_seq':2,'wait_ms':300").send().is(200);
    assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(299));
    answer
        .hasJson("/records", "[]")
        .has("/next_from_seq", 2)
        .has("/caught_up", true)
        .has("/lag", 0)
        .hasNull("/tombstone");
  }

  @Test
  void whatIsAvailableIsAnsweredAtOnce() {
    String topic = server.topicOf(2);
    poll(topic, "'wait_ms':30000").send().is(200).hasJson("/records/1/data", "2");
  }

  @Test
  void aTombstoneIsAnsweredAtOnce() {
    String topic = server.topicOf(2);
    poll(topic, "'from_seq':9,'wait_ms':30000")
        .send()
        .is(200)
        .has("/tombstone/reason", "recreated");
    String lost = server.topic("{'cap_bytes':2}");
    server.append(lost, "12345").is(200);
    poll(lost, "'wait_ms':30000")
        .send()
        .is(200)
        .has("/tombstone/reason", "cap")
        .hasJson("/records", "[]")
        .has("/next_from_seq", 1)
        .has("/caught_up", true);
  }

  @Test
  void deletionOfTheTopicEndsTheWaitWithA404() {
    String topic = server.topicOf(1);
    try (Wire reader = server.connect()) {
      reader.send(poll(topic, "'from_seq':1,'wait_ms':20000").bytes());
      server.delete("/v0/topics/" + topic).is(200);
      reader
          .read()
          .refused(404, "topic_not_found")
          .hasJson("/error/detail", "{'topic':'" + topic + "'}");
    }
  }

  @Test
  void anEmptyTopicIsWaitedForToo() {
    String topic = server.topic("{}");
    try (Wire reader = server.connect()) {
      reader.send(poll(topic, "'wait_ms':20000").bytes());
      server.append(topic, "1").is(200);
      assertThat(reader.read().is(200).seqs()).containsExactly(1L);
    }
  }

  @Test
  void anExcessiveWaitIsAccepted() {
    String topic = server.topic("{}");
    try (Wire reader = server.connect()) {
      reader.send(poll(topic, "'wait_ms':9223372036854775807").bytes());
      server.append(topic, "1").is(200);
      assertThat(reader.read().is(200).seqs()).containsExactly(1L);
    }
  }

  /// Takes the half minute that the contract speaks of.
  @Test
  void anExcessiveWaitEndsAfterHalfAMinute() {
    String topic = server.topic("{}");
    String queue = server.topic("{'type':'queue'}");
    String wait = "'wait_ms':9223372036854775807";
    try (Wire reader = server.connect();
        Wire worker = server.connect()) {
      reader.send(poll(topic, wait).bytes());
      worker.send(
          server
              .request("POST", "/v0/topics/" + queue + "/claim")
              .json("{'node':'w'," + wait + "}")
              .bytes());
      assertThat(reader.isSilentFor(19_000)).isTrue();
      reader.read().is(200).hasJson("/records", "[]");
      worker.read().is(200).hasJson("/claimed", "[]");
    }
  }

  @Test
  void recordsOfFilteredNodesAreNoNews() {
    String topic = server.topic("{}");
    try (Wire reader = server.connect()) {
      reader.send(poll(topic, "'node':'me','wait_ms':20000").bytes());
      server.post("/v0/topics/" + topic, "{'records':[{'data':1}],'node':'me'}").is(200);
      server.post("/v0/topics/" + topic, "{'records':[{'data':2}],'node':'you'}").is(200);
      Answer answer = reader.read().is(200);
      assertThat(answer.seqs()).containsExactly(2L);
      answer.has("/next_from_seq", 2);
    }
  }

  @Test
  void aWaitMovesTheCursorOverWhatWasFiltered() {
    long cursor = 0;
    // The machine may stand still until the wait is over, before anything is written.
    for (int waitMillis = 400; cursor == 0; waitMillis *= 3) {
      String topic = server.topic("{}");
      try (Wire reader = server.connect()) {
        reader.send(poll(topic, "'node':'me','wait_ms':" + waitMillis).bytes());
        server.post("/v0/topics/" + topic, "{'records':[{'data':1}],'node':'me'}").is(200);
        Answer answer = reader.read().is(200);
        answer.hasJson("/records", "[]").has("/caught_up", true);
        cursor = answer.number("/next_from_seq");
        assertThat(cursor == 1 || waitMillis < 20_000).isTrue();
      }
    }
  }

  @Test
  void requestsBehindAWaitOnTheSameConnectionAreAnsweredAfterIt() {
    String topic = server.topic("{}");
    try (Wire wire = server.connect()) {
      wire.send(poll(topic, "'wait_ms':200").bytes());
      wire.send(server.request("GET", "/v0/health").bytes());
      wire.read().is(200).hasJson("/records", "[]");
      wire.read().is(200).has("/status", "ok");
    }
  }

  @Test
  void aReaderThatGoesAwayDisturbsNobody() {
    String topic = server.topic("{}");
    for (int i = 0; i < 20; i++) {
      server.connect().send(poll(topic, "'wait_ms':30000").bytes()).close();
    }
    server.append(topic, "1").is(200);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(1L);
  }

  @Test
  void aReaderThatSendsNoMoreStillGetsItsAnswer() {
    String topic = server.topic("{}");
    try (Wire reader = server.connect()) {
      reader.send(poll(topic, "'wait_ms':30000").bytes()).endOutput();
      assertThat(reader.read().status()).isEqualTo(100);
      server.append(topic, "1").is(200);
      assertThat(reader.readFinal().is(200).seqs()).containsExactly(1L);
      assertThat(reader.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aWaitKeepsItsProjection() {
    String topic = server.topic("{}");
    try (Wire reader = server.connect()) {
      reader.send(poll(topic, "'wait_ms':20000,'include_tags':true,'include_data':false").bytes());
      server.post("/v0/topics/" + topic, "{'records':[{'data':1,'tag':'t'}]}").is(200);
      reader.read().is(200).hasExactly("/records/0", "$seq", "$ts", "$tag");
    }
  }

  private static Request poll(String topic, String fields) {
    return server.request("POST", "/v0/topics/" + topic + "/diff").json("{" + fields + "}");
  }

  private static Request write(String topic, int data) {
    return server.request("POST", "/v0/topics/" + topic).json(Json.write("" + data));
  }
}
