package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// http-api §4.3, semantics §2 to §4: what readers are told about lost records. Time stands still
/// unless a test moves it.
class TombstoneContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  @BeforeAll
  static void freezeTime() {
    server.clock().freeze();
  }

  // ---- caps

  @Test
  void recordsThatTheCapPushedOutAreReportedExactly() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "cap", 1, 7, 8, 10);
    assertThat(diff.seqs()).containsExactly(8L, 9L, 10L);
    diff.has("/tombstone/missed_estimate", 7).has("/next_from_seq", 10).has("/caught_up", true);
  }

  @Test
  void theGapBeginsAfterTheCursor() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    Answer diff = server.diff(topic, 4);
    tombstone(diff, "cap", 5, 7, 8, 10);
    diff.has("/tombstone/missed_estimate", 3);
    tombstone(server.diff(topic, 6), "cap", 7, 7, 8, 10);
    server.diff(topic, 7).hasNull("/tombstone");
    server.diff(topic, 10).hasNull("/tombstone");
  }

  @Test
  void theReadGoesOnAfterTheGapAndTheNextPageHasNone() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    Answer first = server.diff(topic, "{'limit':1}").is(200);
    tombstone(first, "cap", 1, 7, 8, 10);
    assertThat(first.seqs()).containsExactly(8L);
    first.has("/next_from_seq", 8).has("/caught_up", false).has("/lag", 2);
    Answer second = server.diff(topic, first.number("/next_from_seq"));
    second.hasNull("/tombstone");
    assertThat(second.seqs()).containsExactly(9L, 10L);
  }

  @Test
  void theCapOfBytesIsReportedAsTheCapToo() {
    String topic = server.topic("{'cap_bytes':6}");
    server.append(topic, "111", "222", "333").is(200);
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "cap", 1, 1, 2, 3);
    assertThat(diff.data()).containsExactly("222", "333");
  }

  @Test
  void aTopicThatLostEverythingSaysSo() {
    String topic = server.topic("{'cap_bytes':2}");
    server.append(topic, "123", "456").is(200);
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "cap", 1, 2, 3, 2);
    diff.hasJson("/records", "[]").has("/next_from_seq", 2).has("/caught_up", true).has("/lag", 0);
    server.diff(topic, 2).hasNull("/tombstone");
  }

  // ---- time to live

  @Test
  void aRecordExpiresWhenItIsOlderThanItsTimeToLive() {
    String topic = server.topicOf(2, "{'ttl_ms':1000}");
    server.clock().advance(1000);
    server.diff(topic, 0).hasNull("/tombstone").hasJson("/records/1/data", "2");
    server.state(topic).has("/count", 2);
    server.clock().advance(1);
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "ttl", 1, 2, 3, 2);
    diff.hasJson("/records", "[]").has("/next_from_seq", 2).has("/caught_up", true);
    server
        .state(topic)
        .has("/count", 0)
        .has("/bytes", 0)
        .has("/earliest_seq", 3)
        .has("/head_seq", 2);
  }

  @Test
  void onlyWhatExpiredIsLost() {
    String topic = server.topicOf(3, "{'ttl_ms':1000}");
    server.clock().advance(600);
    server.fill(topic, 2);
    server.clock().advance(600);
    Answer diff = server.diff(topic, 1);
    tombstone(diff, "ttl", 2, 3, 4, 5);
    assertThat(diff.seqs()).containsExactly(4L, 5L);
    server.state(topic).has("/count", 2).has("/earliest_seq", 4);
  }

  @Test
  void aLongerTimeToLiveBringsNothingBack() {
    String topic = server.topicOf(3, "{'ttl_ms':1000}");
    server.clock().advance(2000);
    tombstone(server.diff(topic, 0), "ttl", 1, 3, 4, 3);
    server.put("/v0/topics/" + topic, "{'ttl_ms':0}").is(200);
    tombstone(server.diff(topic, 0), "ttl", 1, 3, 4, 3);
    server.state(topic).has("/count", 0);
  }

  @Test
  void aLongerTimeToLiveBringsBackNothingThatNobodyHadMissedYet() {
    String topic = server.topicOf(3, "{'ttl_ms':1000}");
    server.clock().advance(2000);
    server.put("/v0/topics/" + topic, "{'ttl_ms':60000}").is(200);
    tombstone(server.diff(topic, 0), "ttl", 1, 3, 4, 3);
  }

  @Test
  void aTimeToLiveThatIsSetLaterAppliesToWhatIsThere() {
    String topic = server.topicOf(3);
    server.clock().advance(5000);
    server.fill(topic, 1);
    server.put("/v0/topics/" + topic, "{'ttl_ms':1000}").is(200);
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "ttl", 1, 3, 4, 4);
    assertThat(diff.seqs()).containsExactly(4L);
  }

  @Test
  void anExpiredRecordMakesRoomInATopicThatRejects() {
    String topic = server.topicOf(2, "{'ttl_ms':1000,'cap_records':2,'discard':'reject'}");
    server.append(topic, "3").refused(422, "topic_full");
    server.clock().advance(1001);
    server.append(topic, "3").is(200).has("/first_seq", 3);
    tombstone(server.diff(topic, 0), "ttl", 1, 2, 3, 3);
  }

  // ---- both

  @Test
  void aGapOfBothKindsIsMixed() {
    String topic = server.topicOf(5, "{'cap_records':4,'ttl_ms':1000}");
    server.clock().advance(1001);
    server.fill(topic, 1);
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "mixed", 1, 5, 6, 6);
    assertThat(diff.seqs()).containsExactly(6L);
    tombstone(server.diff(topic, 2), "ttl", 3, 5, 6, 6);
  }

  // ---- recreated

  @Test
  void aCursorBeyondTheHeadMeansThatTheTopicIsAnotherOne() {
    String topic = server.topicOf(2);
    Answer diff = server.diff(topic, 7);
    tombstone(diff, "recreated", 1, 2, 1, 2);
    assertThat(diff.seqs()).containsExactly(1L, 2L);
    diff.has("/next_from_seq", 2).has("/caught_up", true);
    tombstone(server.diff(topic, 9_223_372_036_854_775_807L), "recreated", 1, 2, 1, 2);
  }

  @Test
  void aCursorBeyondTheHeadOfAnEmptyTopicIsToldToo() {
    Answer diff = server.diff(server.topic("{}"), 3);
    tombstone(diff, "recreated", 1, 0, 1, 0);
    diff.hasJson("/records", "[]").has("/next_from_seq", 0).has("/caught_up", true).has("/lag", 0);
  }

  @Test
  void aReadThatRestartsBecauseTheTopicIsAnotherOneBeginsAtItsEarliestRecord() {
    String topic = server.topicOf(5, "{'cap_records':2}");
    Answer diff = server.diff(topic, 99);
    tombstone(diff, "recreated", 1, 5, 4, 5);
    assertThat(diff.seqs()).containsExactly(4L, 5L);
  }

  // ---- what causes none

  @Test
  void deletedRecordsCauseNone() {
    String topic = server.topicOf(6);
    server.deleteRecords(topic, "{'before_seq':4}").is(200);
    Answer diff = server.diff(topic, 0).hasNull("/tombstone");
    assertThat(diff.seqs()).containsExactly(4L, 5L, 6L);
    server.deleteRecords(topic, "{'before_seq':7}").is(200);
    server
        .diff(topic, 0)
        .hasNull("/tombstone")
        .hasJson("/records", "[]")
        .has("/next_from_seq", 6)
        .has("/caught_up", true)
        .has("/earliest_seq", 7);
  }

  @Test
  void theCapEvictsNothingThatWasDeletedBefore() {
    String topic = server.topicOf(3, "{'cap_records':3}");
    server.deleteRecords(topic, "{'before_seq':4}").is(200);
    server.fill(topic, 3);
    server.diff(topic, 0).hasNull("/tombstone");
    server.fill(topic, 1);
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "cap", 1, 4, 5, 7);
  }

  @Test
  void aDeleteAfterAnEvictionMovesTheEndOfTheGap() {
    String topic = server.topicOf(6, "{'cap_records':4}");
    server.deleteRecords(topic, "{'before_seq':5}").is(200);
    Answer diff = server.diff(topic, 0);
    tombstone(diff, "cap", 1, 4, 5, 6);
    server.diff(topic, 2).hasNull("/tombstone");
    assertThat(diff.seqs()).containsExactly(5L, 6L);
  }

  @Test
  void aDeletedRecordThatWouldHaveExpiredCausesNone() {
    String topic = server.topicOf(3, "{'ttl_ms':1000}");
    server.deleteRecords(topic, "{'before_seq':4}").is(200);
    server.clock().advance(2000);
    server.diff(topic, 0).hasNull("/tombstone").has("/next_from_seq", 3);
  }

  @Test
  void anAnswerHasOneTombstoneAtMostAndItsFieldsAlways() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    Answer lost = server.diff(topic, 0);
    assertThat(lost.text()).containsOnlyOnce("\"tombstone\"");
    assertThat(server.diff(topic, 9).text()).containsOnlyOnce("\"tombstone\":null");
  }

  @Test
  void everyProjectionAndFilterTellsTheSame() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    for (String query :
        new String[] {
          "{'include_data':false,'include_meta':false}",
          "{'include_tags':true}",
          "{'node':'x'}",
          "{'max_batch_bytes':1}",
          "{'wait_ms':10000}"
        }) {
      tombstone(server.diff(topic, query).is(200), "cap", 1, 7, 8, 10);
    }
  }

  private static void tombstone(
      Answer diff, String reason, long from, long to, long earliest, long head) {
    diff.hasExactly(
        "/tombstone",
        "gap_from",
        "gap_to",
        "reason",
        "missed_estimate",
        "earliest_seq",
        "head_seq");
    diff.has("/tombstone/reason", reason)
        .has("/tombstone/gap_from", from)
        .has("/tombstone/gap_to", to)
        .has("/tombstone/earliest_seq", earliest)
        .has("/tombstone/head_seq", head);
    diff.has("/earliest_seq", earliest).has("/head_seq", head);
    assertThat(diff.number("/tombstone/missed_estimate")).isBetween(0L, Math.max(0, to - from + 1));
  }
}
