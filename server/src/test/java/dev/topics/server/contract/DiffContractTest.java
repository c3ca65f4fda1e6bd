package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §4.1 and §4.2, semantics §3: reading.
class DiffContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- the answer

  @Test
  void theAnswerHasTheRecordsAndTheCursor() {
    String topic = server.topicOf(3);
    Answer diff = server.diff(topic, "{'from_seq':1,'limit':1}").is(200);
    diff.hasExactly(
        "",
        "topic",
        "records",
        "next_from_seq",
        "head_seq",
        "earliest_seq",
        "caught_up",
        "tombstone",
        "lag",
        "performance");
    diff.hasExactly("/records/0", "$seq", "$ts", "data");
    diff.has("/topic", topic)
        .has("/next_from_seq", 2)
        .has("/head_seq", 3)
        .has("/earliest_seq", 1)
        .has("/caught_up", false)
        .hasNull("/tombstone")
        .has("/lag", 1)
        .has("/performance/records_scanned", 1);
    assertThat(diff.seqs()).containsExactly(2L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}"})
  void withoutAnyFieldItReadsFromTheStart(String body) {
    Answer diff = server.diff(server.topicOf(3), body).is(200);
    assertThat(diff.seqs()).containsExactly(1L, 2L, 3L);
    diff.has("/next_from_seq", 3).has("/caught_up", true).has("/lag", 0);
  }

  @Test
  void fromSeqIsExclusive() {
    String topic = server.topicOf(3);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(1L, 2L, 3L);
    assertThat(server.diff(topic, 1).seqs()).containsExactly(2L, 3L);
    assertThat(server.diff(topic, 3).seqs()).isEmpty();
  }

  @Test
  void anEmptyTopicIsCaughtUpAtZero() {
    Answer diff = server.diff(server.topic("{}"), 0);
    diff.hasJson("/records", "[]")
        .has("/next_from_seq", 0)
        .has("/head_seq", 0)
        .has("/earliest_seq", 1)
        .has("/caught_up", true)
        .has("/lag", 0)
        .hasNull("/tombstone");
  }

  @Test
  void readingNeverCreates() {
    String topic = server.name();
    server.diff(topic, "{}").refused(404, "topic_not_found");
    server.diff(topic, "{'wait_ms':30000}").refused(404, "topic_not_found");
    assertThat(server.exists(topic)).isFalse();
  }

  @Test
  void readingCountsAsConsumption() {
    String topic = server.topicOf(1);
    assertThat(server.state(topic).number("/effective_priority")).isZero();
    server.diff(topic, 0);
    assertThat(server.state(topic).number("/effective_priority")).isBetween(400L, 500L);
    assertThat(server.state(topic).at("/last_read_ts").isIntegralNumber()).isTrue();
  }

  // ---- pages

  @Test
  void thePagesOfATopicAreAllItsRecordsOnce() {
    String topic = server.topicOf(1000);
    List<Long> seqs = new ArrayList<>();
    long from = 0;
    boolean caughtUp = false;
    while (!caughtUp) {
      Answer page = server.diff(topic, "{'from_seq':" + from + ",'limit':77}").is(200);
      assertThat(page.seqs().size()).isBetween(1, 77);
      assertThat(page.number("/next_from_seq")).isEqualTo(page.seqs().getLast());
      assertThat(page.number("/lag")).isEqualTo(1000 - page.seqs().getLast());
      seqs.addAll(page.seqs());
      from = page.number("/next_from_seq");
      caughtUp = page.at("/caught_up").asBoolean();
    }
    assertThat(seqs).isEqualTo(upTo(1000));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 256",
    "0, 256",
    "1, 1",
    "255, 255",
    "1000, 1000",
    "1001, 1000",
    "999999999, 1000"
  })
  void theLimitHasADefaultAndAMaximum(String limit, int records) {
    String topic = server.topicOf(1100);
    String body = limit.isEmpty() ? "{}" : "{'limit':" + limit + "}";
    Answer diff = server.diff(topic, body).is(200);
    assertThat(diff.seqs()).isEqualTo(upTo(records));
    diff.has("/next_from_seq", records).has("/caught_up", false).has("/lag", 1100 - records);
  }

  @Test
  void anAnswerOfExactlyAllRecordsIsCaughtUp() {
    String topic = server.topicOf(5);
    server.diff(topic, "{'limit':5}").is(200).has("/caught_up", true).has("/next_from_seq", 5);
    server.diff(topic, "{'limit':4}").is(200).has("/caught_up", false).has("/next_from_seq", 4);
  }

  // ---- what is in a record

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{}                                                                | $node meta data",
        "{'include_tags':false,'include_meta':true,'include_data':true}    | $node meta data",
        "{'include_tags':true}                                             | $node $tag meta data",
        "{'include_meta':false}                                            | $node data",
        "{'include_data':false}                                            | $node meta",
        "{'include_tags':true,'include_meta':false}                        | $node $tag data",
        "{'include_tags':true,'include_data':false}                        | $node $tag meta",
        "{'include_meta':false,'include_data':false}                       | $node",
        "{'include_tags':true,'include_meta':false,'include_data':false}   | $node $tag"
      })
  void aReaderChoosesWhatItGets(String query, String fields) {
    String topic = server.topic("{}");
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':{'d':1},'tag':'t1','node':'n1','meta':{'m':1}},{'data':2},"
                + "{'data':[3],'tag':'t3'},{'data':4,'node':'n4'},{'data':5,'meta':{'m':5}}]}")
        .is(200);
    Answer diff = server.diff(topic, query).is(200);
    diff.hasExactly("/records/0", ("$seq $ts " + fields).split(" "));
    String whole =
        "[{'$seq':1,'$node':'n1','$tag':'t1','meta':{'m':1},'data':{'d':1}},"
            + "{'$seq':2,'data':2},{'$seq':3,'$tag':'t3','data':[3]},"
            + "{'$seq':4,'$node':'n4','data':4},{'$seq':5,'meta':{'m':5},'data':5}]";
    var expected = Json.tree(whole);
    var actual = diff.at("/records").deepCopy();
    List<String> chosen = List.of(("$seq " + fields).split(" "));
    expected.forEach(record -> record.asObject().retain(chosen));
    actual.forEach(record -> record.asObject().remove("$ts"));
    assertThat(actual).isEqualTo(expected);
  }

  // ---- the node filter

  @Test
  void recordsOfTheFilteredNodesAreLeftOut() {
    String topic = nodes("a", "b", null, "c", "a");
    assertThat(seqsWithout(topic, "'a'")).containsExactly(2L, 3L, 4L);
    assertThat(seqsWithout(topic, "['a']")).containsExactly(2L, 3L, 4L);
    assertThat(seqsWithout(topic, "['a','c','zz']")).containsExactly(2L, 3L);
    assertThat(seqsWithout(topic, "[]")).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(seqsWithout(topic, "'A'")).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(seqsWithout(topic, "'\\u0061'")).containsExactly(2L, 3L, 4L);
  }

  @Test
  void leftOutRecordsAdvanceTheCursorAndCauseNoTombstone() {
    String topic = nodes("a", "b", "a", "a");
    Answer all = server.diff(topic, "{'node':'a'}").is(200);
    all.has("/next_from_seq", 4).has("/caught_up", true).has("/lag", 0).hasNull("/tombstone");
    Answer none = server.diff(topic, "{'node':'a','from_seq':2}").is(200);
    none.hasJson("/records", "[]").has("/next_from_seq", 4).has("/caught_up", true);
    none.has("/performance/records_scanned", 2);
  }

  @Test
  void theLimitCountsDeliveredRecordsOnly() {
    String topic = nodes("a", "b", "a", "b", "a", "b");
    Answer page = server.diff(topic, "{'node':'a','limit':2}").is(200);
    assertThat(page.seqs()).containsExactly(2L, 4L);
    assertThat(page.number("/next_from_seq")).isBetween(4L, 5L);
    page.has("/caught_up", false);
  }

  @Test
  void aTopicMayIgnoreTheFilter() {
    String topic = nodes("a", "b");
    server.put("/v0/topics/" + topic, "{'dedupe_node':false}").is(200);
    assertThat(seqsWithout(topic, "'a'")).containsExactly(1L, 2L);
    server.put("/v0/topics/" + topic, "{'dedupe_node':true}").is(200);
    assertThat(seqsWithout(topic, "'a'")).containsExactly(2L);
  }

  @Test
  void aFilteredRecordIsFilteredThoughItsNodeIsSpelledWithEscapes() {
    String topic = server.topic("{}");
    String record = "{'data':1,'node':'\\u0061\\/b'}";
    server.post("/v0/topics/" + topic, "{'records':[" + record + "]}").is(200);
    assertThat(seqsWithout(topic, "'a/b'")).isEmpty();
    server.diff(topic, 0).has("/records/0/$node", "a/b");
  }

  @Test
  void aTopicFullOfTheReadersOwnRecordsIsReadInBoundedSteps() {
    String topic = server.topic("{}");
    String own = "{'node':'me','records':" + Json.repeated("{'data':0}", 10_000) + "}";
    for (int i = 0; i < 5; i++) {
      server.post("/v0/topics/" + topic, own).is(200);
    }
    server.append(topic, "\"other\"").is(200);
    long from = 0;
    List<Long> seqs = new ArrayList<>();
    for (int calls = 0; from < 50_001; calls++) {
      assertThat(calls).isLessThan(100);
      Answer page = server.diff(topic, "{'node':'me','from_seq':" + from + "}").is(200);
      page.hasNull("/tombstone").has("/caught_up", page.number("/next_from_seq") == 50_001);
      assertThat(page.number("/next_from_seq")).isGreaterThan(from);
      assertThat(page.number("/performance/records_scanned")).isLessThan(50_001);
      seqs.addAll(page.seqs());
      from = page.number("/next_from_seq");
    }
    assertThat(seqs).containsExactly(50_001L);
  }

  private static String nodes(String... nodes) {
    List<String> records = new ArrayList<>();
    for (String node : nodes) {
      records.add(node == null ? "{'data':0}" : "{'data':0,'node':'" + node + "'}");
    }
    String topic = server.topic("{}");
    String body = "{'records':[" + String.join(",", records) + "]}";
    server.post("/v0/topics/" + topic, body).is(200);
    return topic;
  }

  private static List<Long> seqsWithout(String topic, String nodes) {
    return server.diff(topic, "{'node':" + nodes + "}").is(200).seqs();
  }

  // ---- the byte budget

  @Test
  void anAnswerHasAtMostAMebibyteByDefault() {
    String topic = ofSize(10, 200_000);
    Answer diff = server.diff(topic, 0);
    assertThat(diff.bytes().length).isBetween(800_000, (1 << 20) + 1000);
    assertThat(diff.seqs()).isEqualTo(upTo(5));
    diff.has("/next_from_seq", 5).has("/caught_up", false).has("/lag", 5);
  }

  @Test
  void theBudgetMayBeSmallerButOneRecordIsAlwaysDelivered() {
    String topic = ofSize(5, 1000);
    assertThat(budget(topic, 2_500)).hasSize(2);
    assertThat(budget(topic, 1)).hasSize(1);
    assertThat(budget(topic, 999)).hasSize(1);
  }

  @Test
  void theBudgetIsClampedToEightMebibytes() {
    String topic = ofSize(10, 1_000_000);
    int records = budget(topic, 1_000_000_000).size();
    assertThat(records).isEqualTo(8);
    assertThat(budget(topic, 8 << 20)).hasSize(records);
  }

  @Test
  void aBudgetOfZeroIsTheDefault() {
    assertThat(budget(ofSize(10, 200_000), 0)).hasSize(5);
  }

  private static String ofSize(int records, int bytes) {
    String topic = server.topic("{}");
    String text = "\"" + "x".repeat(bytes - 2) + "\"";
    server.post("/v0/topics/" + topic, Json.write(Collections.nCopies(records, text))).is(200);
    return topic;
  }

  private static List<Long> budget(String topic, long bytes) {
    return server.diff(topic, "{'max_batch_bytes':" + bytes + "}").is(200).seqs();
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }
}
