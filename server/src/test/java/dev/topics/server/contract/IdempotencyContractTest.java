package dev.topics.server.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §3 and semantics §10: writes that are repeated under one key.
class IdempotencyContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @BeforeAll
  static void freezeTime() {
    server.clock().freeze();
  }

  @Test
  void aRepeatIsAnsweredWithTheOriginalSeqsAndAppendsNothing() {
    String topic = server.topic("{}");
    server.append(topic, "0").is(200);
    keyed(topic, "k", "1", "2").is(200).hasJson("/seqs", "[2,3]").has("/deduped", false);
    server.append(topic, "3").is(200);
    Answer repeat = server.unchanged(topic, () -> keyed(topic, "k", "1", "2")).is(200);
    repeat.hasExactly(
        "",
        "topic",
        "first_seq",
        "last_seq",
        "seqs",
        "head_seq",
        "count",
        "created",
        "deduped",
        "performance");
    repeat
        .has("/deduped", true)
        .has("/first_seq", 2)
        .has("/last_seq", 3)
        .hasJson("/seqs", "[2,3]")
        .has("/count", 2)
        .has("/created", false)
        .has("/head_seq", 4);
    assertThat(server.diff(topic, 0).data()).containsExactly("0", "1", "2", "3");
  }

  @Test
  void theKeyDecidesWhateverTheRecordsAre() {
    String topic = server.topic("{}");
    keyed(topic, "k", "1").is(200);
    server
        .unchanged(topic, () -> keyed(topic, "k", "7", "8", "9"))
        .is(200)
        .has("/deduped", true)
        .hasJson("/seqs", "[1]")
        .has("/count", 1);
    keyed(topic, "K", "1").is(200).has("/deduped", false).has("/first_seq", 2);
  }

  @Test
  void aRepeatOfTheWriteThatCreatedTheTopicCreatesNothing() {
    String topic = server.name();
    keyed(topic, "k", "1").is(201).has("/created", true);
    keyed(topic, "k", "1").is(200).has("/created", false).has("/deduped", true);
  }

  @Test
  void aRepeatMayLeaveOutTheSeqsToo() {
    String topic = server.topic("{}");
    keyed(topic, "k", "1").is(200);
    server
        .post("/v0/topics/" + topic + "?return_seqs=false", body("k", "1"))
        .is(200)
        .lacks("/seqs")
        .has("/deduped", true)
        .has("/first_seq", 1);
  }

  @Test
  void aKeyIsWorthNothingInAnotherTopic() {
    String one = server.topic("{}");
    String two = server.topic("{}");
    keyed(one, "k", "1").is(200).has("/deduped", false);
    keyed(two, "k", "1").is(200).has("/deduped", false).has("/first_seq", 1);
  }

  @Test
  void theKeyMayComeInAHeader() {
    String topic = server.topic("{}");
    withHeader(topic, "k", Json.write("1")).is(200).has("/deduped", false);
    withHeader(topic, "k", Json.write("1")).is(200).has("/deduped", true).has("/first_seq", 1);
    keyed(topic, "k", "1").is(200).has("/deduped", true).has("/first_seq", 1);
  }

  @Test
  void theKeyInTheHeaderIsUtf8AsInTheBody() {
    String topic = server.topic("{}");
    String spelled = new String("ключ-é".getBytes(UTF_8), ISO_8859_1);
    withHeader(topic, spelled, Json.write("1")).is(200).has("/deduped", false);
    keyed(topic, "ключ-é", "1").is(200).has("/deduped", true);
    withHeader(topic, "caf\u00e9", Json.write("1")).invalid().saying("UTF-8");
  }

  @Test
  void theKeyInTheBodyWinsOverTheHeader() {
    String topic = server.topic("{}");
    withHeader(topic, "header", body("body", "1")).is(200).has("/first_seq", 1);
    keyed(topic, "header", "2").is(200).has("/deduped", false).has("/first_seq", 2);
    withHeader(topic, "header", body("body", "3"))
        .is(200)
        .has("/deduped", true)
        .has("/first_seq", 1);
  }

  @Test
  void anEmptyKeyIsNoneAndLeavesTheHeaderInForce() {
    String topic = server.topic("{}");
    keyed(topic, "", "1").is(200);
    keyed(topic, "", "1").is(200).has("/deduped", false).has("/first_seq", 2);
    withHeader(topic, "header", body("", "2")).is(200).has("/first_seq", 3);
    withHeader(topic, "header", body("", "2")).is(200).has("/deduped", true).has("/first_seq", 3);
  }

  @Test
  void aKeyHasAsManyCharactersInTheHeaderAsInTheBody() {
    String topic = server.topic("{}");
    String most = "\uD83D\uDD11".repeat(256);
    keyed(topic, most, "1").is(200).has("/deduped", false);
    withHeader(topic, new String(most.getBytes(UTF_8), ISO_8859_1), Json.write("1"))
        .is(200)
        .has("/deduped", true);
  }

  @Test
  void aKeyIsForgottenAfterTheWindow() {
    String topic = server.topic("{'idempotency_window_ms':60000}");
    keyed(topic, "k", "1").is(200);
    server.clock().advance(59_000);
    keyed(topic, "k", "1").is(200).has("/deduped", true);
    server.clock().advance(2_000);
    keyed(topic, "k", "1").is(200).has("/deduped", false).has("/first_seq", 2);
    keyed(topic, "k", "1").is(200).has("/deduped", true).has("/first_seq", 2);
  }

  @Test
  void theWindowIsTwoMinutesByDefault() {
    String topic = server.topic("{}");
    keyed(topic, "k", "1").is(200);
    server.clock().advance(119_000);
    keyed(topic, "k", "1").is(200).has("/deduped", true);
    server.clock().advance(2_000);
    keyed(topic, "k", "1").is(200).has("/deduped", false);
  }

  @Test
  void aRefusedWriteLeavesItsKeyUnused() {
    String topic = server.topicOf(1, "{'cap_records':1,'discard':'reject'}");
    keyed(topic, "k", "2").refused(422, "topic_full");
    server.post("/v0/topics/" + topic, "{'records':[{}],'idempotency_key':'k'}").invalid();
    server.deleteRecords(topic, "{'before_seq':2}").is(200);
    keyed(topic, "k", "2").is(200).has("/deduped", false).has("/first_seq", 2);
  }

  @Test
  void aRepeatIsRecognisedThoughTheTopicIsFullNow() {
    String topic = server.topic("{'cap_records':1,'discard':'reject'}");
    keyed(topic, "k", "1").is(200);
    keyed(topic, "k", "1").is(200).has("/deduped", true);
    keyed(topic, "other", "1").refused(422, "topic_full");
  }

  @Test
  void aRepeatIsRecognisedThoughTheRecordsAreGone() {
    String topic = server.topic("{}");
    keyed(topic, "k", "1").is(200);
    server.deleteRecords(topic, "{'before_seq':2}").is(200);
    keyed(topic, "k", "1").is(200).has("/deduped", true).has("/first_seq", 1);
    server.state(topic).has("/count", 0);
  }

  @Test
  void keysAreComparedAsTextNotAsSpelling() {
    String topic = server.topic("{}");
    keyed(topic, "A/é", "1").is(200);
    keyed(topic, "\\u0041\\/\\u00e9", "1").is(200).has("/deduped", true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void concurrentWritesWithOneKeyAppendOnce(String durability) throws Exception {
    String topic = server.topic("{'durability':'" + durability + "'}");
    int writers = 8;
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      for (int round = 1; round <= 10; round++) {
        String key = "round-" + round;
        CyclicBarrier start = new CyclicBarrier(writers);
        Callable<Answer> write =
            () -> {
              start.await();
              return keyed(topic, key, "1", "2");
            };
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> answer :
            threads.invokeAll(java.util.Collections.nCopies(writers, write))) {
          answers.add(answer.get().is(200));
        }
        long first = 2L * round - 1;
        answers.forEach(answer -> answer.has("/first_seq", first).has("/last_seq", first + 1));
        assertThat(answers.stream().filter(answer -> !answer.at("/deduped").asBoolean()))
            .hasSize(1);
        assertThat(server.head(topic)).isEqualTo(2L * round);
      }
    }
  }

  private static Answer keyed(String topic, String key, String... data) {
    return server.post("/v0/topics/" + topic, body(key, data));
  }

  private static String body(String key, String... data) {
    return Json.write(data)
        .replaceFirst("\\{", "{'idempotency_key':'" + key.replace("\\", "\\\\") + "',");
  }

  private static Answer withHeader(String topic, String key, String body) {
    Request write = server.request("POST", "/v0/topics/" + topic);
    return write.header("Idempotency-Key", key).json(body).send();
  }
}
