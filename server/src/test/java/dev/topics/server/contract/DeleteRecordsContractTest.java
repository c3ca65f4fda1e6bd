package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §5, semantics §6: deleting records.
class DeleteRecordsContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- by seq

  @Test
  void recordsBeforeASeqAreDeleted() {
    String topic = server.topicOf(5);
    Answer deleted = server.deleteRecords(topic, "{'before_seq':4}").is(200);
    deleted.hasExactly(
        "", "topic", "deleted", "earliest_seq", "head_seq", "count", "bytes", "performance");
    deleted
        .has("/topic", topic)
        .has("/deleted", 3)
        .has("/earliest_seq", 4)
        .has("/head_seq", 5)
        .has("/count", 2)
        .has("/bytes", 2);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(4L, 5L);
    server.state(topic).has("/count", 2).has("/bytes", 2).has("/earliest_seq", 4);
  }

  @Test
  void aRepeatDeletesNothing() {
    String topic = server.topicOf(5);
    server.deleteRecords(topic, "{'before_seq':4}").is(200);
    for (String selector :
        new String[] {"{'before_seq':4}", "{'before_seq':1}", "{'before_seq':0}"}) {
      server
          .unchanged(topic, () -> server.deleteRecords(topic, selector))
          .is(200)
          .has("/deleted", 0)
          .has("/earliest_seq", 4)
          .has("/count", 2);
    }
  }

  @Test
  void aDeleteIsBoundedByTheHeadOfItsTime() {
    String topic = server.topicOf(3);
    server
        .deleteRecords(topic, "{'before_seq':1000000}")
        .is(200)
        .has("/deleted", 3)
        .has("/earliest_seq", 4)
        .has("/head_seq", 3)
        .has("/count", 0)
        .has("/bytes", 0);
    server.deleteRecords(topic, "{'before_seq':9223372036854775807}").is(200).has("/deleted", 0);
    server.fill(topic, 2);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(4L, 5L);
  }

  // ---- by tag

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "['tag','Eq','order-1']   | 2 3 4 5 6",
        "'order-1'                | 2 3 4 5 6",
        "['tag','Eq','order-2']   | 1 3 5 6",
        "['tag','Eq','none']      | 1 2 3 4 5 6",
        "['tag','Eq','order-*']   | 1 2 4 5 6",
        "'order-*'                | 1 2 4 5 6",
        "['tag','Glob','order-*'] | 6",
        "['tag','Glob','order-1*']| 2 3 4 6",
        "['tag','Glob','x*']      | 1 2 3 4 5 6",
        "['tag','Glob','other*']  | 1 2 3 4 5"
      })
  void recordsOfATagAreDeleted(String match, String left) {
    String topic = tagged();
    server
        .deleteRecords(topic, "{'match':" + match + "}")
        .is(200)
        .has("/deleted", 6 - left.split(" ").length)
        .has("/head_seq", 6);
    assertThat(server.diff(topic, 0).hasNull("/tombstone").seqs().toString())
        .isEqualTo("[" + left.replace(" ", ", ") + "]");
  }

  /// Seqs 1 to 6 tagged order-1, order-2, order-*, order-2, order-12 and other.
  private static String tagged() {
    String topic = server.topic("{}");
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1,'tag':'order-1'},{'data':2,'tag':'order-2'},"
                + "{'data':3,'tag':'order-*'},{'data':4,'tag':'order-2'},"
                + "{'data':5,'tag':'order-12'},{'data':6,'tag':'other'}]}")
        .is(200);
    return topic;
  }

  @Test
  void aDeleteByTagLeavesHolesThatReadersDoNotNotice() {
    String topic = tagged();
    server
        .deleteRecords(topic, "{'match':'order-2'}")
        .is(200)
        .has("/deleted", 2)
        .has("/earliest_seq", 1)
        .has("/count", 4)
        .has("/bytes", 4);
    Answer page = server.diff(topic, "{'from_seq':1,'limit':1}").is(200);
    assertThat(page.seqs()).containsExactly(3L);
    page.has("/next_from_seq", 3).hasNull("/tombstone");
    server
        .deleteRecords(topic, "{'match':'order-1'}")
        .is(200)
        .has("/deleted", 1)
        .has("/earliest_seq", 3);
  }

  @Test
  void aDeleteOfTheLastRecordsLeavesTheReaderCaughtUp() {
    String topic = tagged();
    server.deleteRecords(topic, "{'match':'other'}").is(200).has("/deleted", 1);
    Answer diff = server.diff(topic, 0);
    diff.has("/next_from_seq", 6).has("/head_seq", 6).has("/caught_up", true).has("/lag", 0);
    server
        .diff(topic, 5)
        .hasJson("/records", "[]")
        .has("/next_from_seq", 6)
        .has("/caught_up", true);
  }

  @Test
  void recordsWithoutATagAreNeverMatched() {
    String topic = server.topicOf(3);
    server
        .unchanged(topic, () -> server.deleteRecords(topic, "{'match':'1'}"))
        .is(200)
        .has("/deleted", 0);
  }

  @Test
  void tagsAreMatchedAsTextNotAsSpelling() {
    String topic = server.topic("{}");
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1,'tag':'\\u0041\\/é'},{'data':2,'tag':'A\\u002f\\u00e9!'}]}")
        .is(200);
    server.deleteRecords(topic, "{'match':'A/\\u00E9'}").is(200).has("/deleted", 1);
    server.deleteRecords(topic, "{'match':['tag','Glob','A/é*']}").is(200).has("/deleted", 1);
  }

  @Test
  void aRecordWrittenAfterADeleteIsNotDeleted() {
    String topic = tagged();
    server.deleteRecords(topic, "{'match':'order-1'}").is(200);
    server.post("/v0/topics/" + topic, "{'records':[{'data':7,'tag':'order-1'}]}").is(200);
    assertThat(server.diff(topic, 6).seqs()).containsExactly(7L);
    server.deleteRecords(topic, "{'match':'order-1'}").is(200).has("/deleted", 1);
  }

  // ---- both

  @Test
  void aSeqAndATagTogetherMustBothHold() {
    String topic = tagged();
    server.deleteRecords(topic, "{'before_seq':4,'match':'order-2'}").is(200).has("/deleted", 1);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(1L, 3L, 4L, 5L, 6L);
    server
        .deleteRecords(topic, "{'before_seq':5,'match':['tag','Glob','order-*']}")
        .is(200)
        .has("/deleted", 3)
        .has("/earliest_seq", 5);
  }

  // ---- its effects

  @Test
  void aDeleteMakesRoomInATopicThatRejects() {
    String topic = server.topicOf(2, "{'cap_records':2,'discard':'reject'}");
    server.append(topic, "3").refused(422, "topic_full");
    server.deleteRecords(topic, "{'before_seq':2}").is(200);
    server.append(topic, "3").is(200).has("/first_seq", 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void everyClassDeletes(String durability) {
    String topic = server.topicOf(3, "{'durability':'" + durability + "'}");
    server.deleteRecords(topic, "{'before_seq':3}").is(200).has("/deleted", 2);
    assertThat(server.diff(topic, 0).seqs()).containsExactly(3L);
  }

  @Test
  void deletingFromAnAbsentTopicIsA404() {
    String topic = server.name();
    server.deleteRecords(topic, "{'before_seq':1}").refused(404, "topic_not_found");
    assertThat(server.exists(topic)).isFalse();
  }

  // ---- what is refused

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'before_seq':null}",
        "{'match':null}",
        "{'match':[]}",
        "{'match':['tag']}",
        "{'match':['tag','Eq']}",
        "{'match':['tag','Eq','a','b']}",
        "{'match':['tag','Eq',1]}",
        "{'match':['tag',1,'x']}",
        "{'match':['node','Eq','x']}",
        "{'match':['tag','eq','x']}",
        "{'match':['tag','Regex','x']}",
        "{'match':['tag','Glob','order-1']}",
        "{'match':['tag','Glob','or*er*']}",
        "{'match':['tag','Glob','*1']}",
        "{'match':['tag','Glob','order**']}",
        "{'match':['tag','Glob','']}",
        "{'before_seq':3,'match':['tag','Glob','x']}"
      })
  void aSelectorThatSelectsNothingOrIsNotUnderstoodIsInvalid(String body) {
    String topic = tagged();
    server.unchanged(topic, () -> server.deleteRecords(topic, body)).invalid();
    assertThat(server.diff(topic, 0).seqs()).hasSize(6);
  }
}
