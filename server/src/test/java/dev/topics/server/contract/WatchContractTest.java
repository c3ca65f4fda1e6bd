package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.contract.EventReader.Event;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §6.1 to §6.4: watch sessions, and every event of their streams.
class WatchContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  private static Answer create(String json) {
    return server.post("/v0/watch", json);
  }

  private static String url(String json) {
    return create(json).is(200).string("/stream_url");
  }

  private static EventReader open(String url, String... lines) {
    return EventReader.open(server.address(), url, lines);
  }

  private static EventReader watch(String topic, String start) {
    return open(url("{'topics':{'" + topic + "':" + start + "}}"));
  }

  // ---- sessions

  @Test
  void aSessionSaysWhereItsTopicsStand() {
    String first = server.topicOf(10, "{'cap_records':3}");
    String second = server.topicOf(2);
    Answer answer =
        create("{'topics':{'%s':{'from_seq':8},'%s':{'tail':true}}}".formatted(first, second));
    answer
        .is(200)
        .hasExactly("", "wid", "stream_url", "session_ttl_ms", "topics", "performance")
        .has("/session_ttl_ms", 300_000)
        .hasJson("/topics/" + first, "{'from_seq':8,'head_seq':10,'earliest_seq':8}")
        .hasJson("/topics/" + second, "{'from_seq':2,'head_seq':2,'earliest_seq':1}");
    assertThat(answer.string("/wid")).matches("wid_[A-Za-z0-9_-]{22,}");
    assertThat(answer.string("/stream_url")).isEqualTo("/v0/watch/" + answer.string("/wid"));
    assertThat(create("{'topics':{'" + first + "':{}}}").is(200).string("/wid"))
        .isNotEqualTo(answer.string("/wid"));
  }

  @Test
  void anUnknownTopicIsRefusedUnlessLenient() {
    String topic = server.topicOf(1);
    String missing = server.name();
    String json = "{'topics':{'%s':{},'%s':{}}}".formatted(topic, missing);
    create(json).refused(404, "topic_not_found").has("/error/detail/topic", missing);
    server.post("/v0/watch?lenient=true", json).is(200).hasExactly("/topics", topic);
    assertThat(server.exists(missing)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'topics':{}}",
        "{'topics':['a']}",
        "{'topics':{'a':7}}",
        "{'topics':{'a':{'from_seq':-1}}}",
        "{'topics':{'a':{'from_seq':'1'}}}",
        "{'topics':{'a':{'tail':1}}}",
        "{'topics':{'a':{'tail':true,'from_seq':3}}}",
        "{'topics':{'no/name':{}}}",
        "{'topics':{'a':{}},'consistency':'weak'}",
        "{'topics':{'a':{}},'limit':-1}",
        "{'topics':{'a':{}},'heartbeat_ms':'1'}",
        "{'topics':{'a':{}},'node':5}"
      })
  void whatIsNoWatchIsRefused(String json) {
    create(json).invalid();
  }

  @Test
  void moreTopicsThanAllowedAreRefused() {
    StringBuilder topics = new StringBuilder();
    for (int i = 0; i <= 256; i++) {
      topics.append(i == 0 ? "" : ",").append("'x").append(i).append("':{}");
    }
    create("{'topics':{" + topics + "}}").invalid().has("/error/detail/max", 256);
  }

  @Test
  void anUnknownSessionIsNotFoundAndAcceptMustAllowEvents() {
    server.get("/v0/watch/wid_nothing").refused(404, "not_found");
    String url = url("{'topics':{'" + server.topicOf(1) + "':{}}}");
    server
        .request("GET", url)
        .header("Accept", "application/json")
        .send()
        .refused(406, "not_acceptable");
    try (EventReader reader = open(url, "Accept: text/*")) {
      assertThat(reader.next("record").seqs()).containsExactly(1L);
    }
  }

  @Test
  void theHeadKeepsProxiesFromHoldingEventsBack() {
    try (EventReader reader = watch(server.topicOf(1), "{}")) {
      assertThat(reader.header("Content-Type")).isEqualTo("text/event-stream; charset=utf-8");
      assertThat(reader.header("Cache-Control")).isEqualTo("no-store");
      assertThat(reader.header("X-Accel-Buffering")).isEqualTo("no");
      reader.next("record");
      assertThat(reader.retry()).isEqualTo("2000");
    }
  }

  // ---- events

  @Test
  void aBacklogComesInOrderThenCaughtUpThenNews() {
    String topic = server.topicOf(5);
    try (EventReader reader = open(url("{'topics':{'%s':{}},'limit':2}".formatted(topic)))) {
      Event first = reader.next("record");
      assertThat(first.seqs()).containsExactly(1L, 2L);
      assertThat(first.number("from_seq")).isZero();
      assertThat(first.number("to_seq")).isEqualTo(2);
      assertThat(first.number("head_seq")).isEqualTo(5);
      assertThat(first.string("topic")).isEqualTo(topic);
      assertThat(first.cursors()).isEqualTo("{\"" + topic + "\":2}");
      assertThat(reader.next("record").seqs()).containsExactly(3L, 4L);
      Event last = reader.next("record");
      assertThat(last.seqs()).containsExactly(5L);
      assertThat(last.data().at("/records/0/data").intValue()).isEqualTo(5);
      reader.next().is("caught-up", "{'topic':'" + topic + "','head_seq':5}");
      server.append(topic, "{'n':6}").is(200);
      Event news = reader.next("record");
      assertThat(news.seqs()).containsExactly(6L);
      assertThat(news.number("from_seq")).isEqualTo(5);
      server.fill(topic, 5);
      List<Long> seqs = new ArrayList<>();
      Event event = reader.next();
      for (; event.type().equals("record"); event = reader.next()) {
        seqs.addAll(event.seqs());
      }
      assertThat(seqs).containsExactly(7L, 8L, 9L, 10L, 11L);
      event.is("caught-up", "{'topic':'" + topic + "','head_seq':11}");
    }
  }

  @Test
  void anEmptyTopicIsCaughtUpAtOnce() {
    String topic = server.topic("{}");
    try (EventReader reader = watch(topic, "{}")) {
      reader.next().is("caught-up", "{'topic':'" + topic + "','head_seq':0}");
    }
  }

  @Test
  void theTailIsWhereTheTopicWasWhenTheSessionWasMade() {
    String topic = server.topicOf(3);
    String url = url("{'topics':{'%s':{'tail':true}}}".formatted(topic));
    server.fill(topic, 2);
    try (EventReader reader = open(url)) {
      assertThat(reader.next("record").seqs()).containsExactly(4L, 5L);
    }
  }

  @Test
  void oneStreamCarriesManyTopics() {
    List<String> topics = new ArrayList<>();
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      topics.add(server.topic("{'durability':'ephemeral'}"));
      json.append(i == 0 ? "" : ",").append("'").append(topics.get(i)).append("':{}");
    }
    try (EventReader reader = open(url("{'topics':{" + json + "}}"))) {
      for (int i = 0; i < 256; i++) {
        reader.next("caught-up");
      }
      for (String topic : topics) {
        server.append(topic, "1").is(200);
        Event event = reader.next("record");
        assertThat(event.string("topic")).isEqualTo(topic);
        assertThat(Json.tree(event.cursors()).size()).isEqualTo(256);
      }
    }
  }

  @Test
  void recordsLookAsInAnyRead() {
    String topic = server.topic("{}");
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':{'a':1.10},'meta':{'k':'v'},'tag':'t','node':'n1'},"
                + "{'data':2,'node':'n2'}]}")
        .is(200);
    String all = "{'topics':{'%s':{}},%s}";
    try (EventReader reader = open(url(all.formatted(topic, "'include_tags':true")))) {
      String diff = server.diff(topic, "{'include_tags':true}").at("/records").toString();
      assertThat(reader.next("record").data().at("/records").toString()).isEqualTo(diff);
    }
    String bare = all.formatted(topic, "'include_meta':false,'include_data':false");
    try (EventReader reader = open(url(bare))) {
      assertThat(reader.next("record").data().at("/records/0").propertyNames())
          .containsExactlyInAnyOrder("$seq", "$ts", "$node");
    }
    try (EventReader reader = open(url(all.formatted(topic, "'node':'n1'")))) {
      assertThat(reader.next("record").seqs()).containsExactly(2L);
    }
    try (EventReader reader = open(url(all.formatted(topic, "'node':['n1','n2']")))) {
      Event caughtUp = reader.next("caught-up");
      assertThat(caughtUp.cursors()).isEqualTo("{\"" + topic + "\":2}");
    }
  }

  @Test
  void eventsKeepToTheirByteBudgetButNeverStayEmpty() {
    String topic = server.topic("{}");
    String record = "'" + "x".repeat(5000) + "'";
    server.append(topic, record, record, record).is(200);
    String json = "{'topics':{'%s':{}},'max_batch_bytes':%d}";
    try (EventReader reader = open(url(json.formatted(topic, 100)))) {
      assertThat(reader.next("record").seqs()).containsExactly(1L);
      assertThat(reader.next("record").seqs()).containsExactly(2L);
    }
    try (EventReader reader = open(url(json.formatted(topic, 0)))) {
      assertThat(reader.next("record").seqs()).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void deletedRecordsAreSkippedSilently() {
    String topic = server.topicOf(5);
    server.deleteRecords(topic, "{'before_seq':4}").is(200);
    try (EventReader reader = watch(topic, "{}")) {
      assertThat(reader.next("record").seqs()).containsExactly(4L, 5L);
    }
  }

  // ---- losses

  @Test
  void aCursorBelowTheFloorIsTooOldOnConnect() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    try (EventReader reader = watch(topic, "{'from_seq':4}")) {
      Event tombstone = reader.next("tombstone");
      tombstone.is(
          "tombstone",
          ("{'topic':'%s','reason':'from_seq_too_old',"
                  + "'gap_from':5,'gap_to':7,'earliest_seq':8,'head_seq':10}")
              .formatted(topic));
      assertThat(tombstone.cursors()).isEqualTo("{\"" + topic + "\":7}");
      Event records = reader.next("record");
      assertThat(records.seqs()).containsExactly(8L, 9L, 10L);
      assertThat(records.number("from_seq")).isEqualTo(7);
    }
  }

  @Test
  void evictionUnderALaggingStreamIsToldInItsPlace() {
    String topic = server.topic("{'cap_records':20,'durability':'ephemeral'}");
    String record = "'" + "x".repeat(100_000) + "'";
    for (int i = 0; i < 20; i++) {
      server.append(topic, record).is(200);
    }
    String url = url("{'topics':{'%s':{}},'limit':1}".formatted(topic));
    try (EventReader reader = EventReader.slow(server.address(), url)) {
      assertThat(reader.next("record").seqs()).containsExactly(1L);
      for (int i = 0; i < 120; i++) {
        server.append(topic, record).is(200);
      }
      long next = 2;
      boolean told = false;
      while (next <= 140) {
        Event event = reader.next();
        if (event.type().equals("tombstone")) {
          assertThat(event.string("reason")).isEqualTo("cap");
          assertThat(event.number("gap_from")).isEqualTo(next);
          next = event.number("gap_to") + 1;
          told = true;
        } else if (event.type().equals("record")) {
          assertThat(event.seqs()).containsExactly(next++);
        }
      }
      assertThat(told).isTrue();
    }
  }

  @Test
  void aCursorAheadOfTheHeadIsThatOfAnotherTopic() {
    String topic = server.topicOf(3);
    try (EventReader reader = watch(topic, "{'from_seq':100}")) {
      reader
          .next()
          .is(
              "tombstone",
              ("{'topic':'%s','reason':'recreated',"
                      + "'gap_from':1,'gap_to':3,'earliest_seq':1,'head_seq':3}")
                  .formatted(topic));
      assertThat(reader.next("record").seqs()).containsExactly(1L, 2L, 3L);
    }
  }

  @Test
  void deletingATopicEndsThatTopicOnlyWhateverGetsItsNameLater() {
    String deleted = server.topicOf(2);
    String other = server.topicOf(1);
    String url =
        url("{'topics':{'%s':{'tail':true},'%s':{'tail':true}}}".formatted(deleted, other));
    try (EventReader reader = open(url)) {
      reader.next("caught-up");
      reader.next("caught-up");
      server.delete("/v0/topics/" + deleted).is(200);
      Event event = reader.next();
      event.is(
          "topic-deleted", "{'topic':'%s','head_seq':2,'reason':'deleted'}".formatted(deleted));
      assertThat(event.cursors()).isEqualTo("{\"" + other + "\":1}");
      server.append(deleted, "1", "2", "3").is(201);
      server.append(other, "2").is(200);
      assertThat(reader.next("record").string("topic")).isEqualTo(other);
    }
    try (EventReader again = open(url)) {
      assertThat(again.next("caught-up").string("topic")).isEqualTo(other);
      server.append(other, "3").is(200);
      assertThat(again.next("record").string("topic")).isEqualTo(other);
    }
  }

  @Test
  void aTopicRecreatedWhileNobodyLooksHasEndedAllTheSame() {
    String topic = server.topicOf(4);
    String url = url("{'topics':{'%s':{'from_seq':1}}}".formatted(topic));
    server.delete("/v0/topics/" + topic).is(200);
    server.append(topic, "1", "2", "3", "4", "5", "6").is(201);
    try (EventReader reader = open(url)) {
      Event event = reader.next();
      event.is("topic-deleted", "{'topic':'%s','head_seq':4,'reason':'deleted'}".formatted(topic));
      assertThat(event.cursors()).isEqualTo("{}");
    }
  }

  // ---- heartbeats and consistency

  @Test
  void heartbeatsComeOnlyWhenNothingElseDoes() {
    String topic = server.topic("{}");
    String json = "{'topics':{'%s':{}},'heartbeat_ms':1}".formatted(topic);
    long sentMillis = System.currentTimeMillis();
    try (EventReader reader = open(url(json))) {
      reader.next("caught-up");
      sentMillis = heartbeatBehind(sentMillis, reader.nextComment());
      int heartbeats = reader.comments().size();
      long until = System.nanoTime() + 1_500_000_000L;
      for (int sent = 0; sent < 3 || System.nanoTime() < until; sent++) {
        long nextMillis = System.currentTimeMillis();
        server.append(topic, "1").is(200);
        reader.next("record");
        for (; heartbeats < reader.comments().size(); heartbeats++) {
          sentMillis = heartbeatBehind(sentMillis, reader.comments().get(heartbeats));
        }
        sentMillis = nextMillis;
      }
    }
  }

  /// A heartbeat comes only behind a second of silence, as there may be while the machine stands
  /// still. Returns when it was sent.
  private static long heartbeatBehind(long sentMillis, String comment) {
    assertThat(comment).matches("hb \\d{13}");
    long millis = Long.parseLong(comment.substring("hb ".length()));
    assertThat(millis - sentMillis).as("of silence").isGreaterThan(900);
    return millis;
  }

  @Test
  void strongDeliversEverythingOnceItIsSynced() {
    String topic = server.topicOf(3, "{'durability':'disk'}");
    String json = "{'topics':{'%s':{}},'consistency':'strong'}".formatted(topic);
    try (EventReader reader = open(url(json))) {
      List<Long> seqs = new ArrayList<>();
      for (int i = 4; i <= 20; i++) {
        server.append(topic, "1").is(200);
      }
      while (seqs.size() < 20) {
        @Nullable Event event = reader.next();
        if (event.type().equals("record")) {
          seqs.addAll(event.seqs());
        }
      }
      assertThat(seqs).isSorted().doesNotHaveDuplicates().hasSize(20);
    }
  }

  @Test
  void strongDeliversNothingOfATopicThatBecameEphemeral() {
    String topic = server.topicOf(1, "{'durability':'disk'}");
    String other = server.topicOf(0, "{'durability':'disk'}");
    String json = "{'topics':{'%s':{},'%s':{}},'consistency':'strong'}".formatted(topic, other);
    server.put("/v0/topics/" + topic, "{'durability':'ephemeral'}").is(200);
    server.append(topic, "2").is(200);
    server.put("/v0/topics/" + topic, "{'durability':'fsync'}").is(200);
    server.append(topic, "3").is(200);
    try (EventReader reader = open(url(json))) {
      List<Long> seqs = new ArrayList<>();
      @Nullable Event event = reader.next();
      while (!event.type().equals("error")) {
        if (event.type().equals("record")) {
          seqs.addAll(event.seqs());
        }
        event = reader.next();
      }
      assertThat(seqs).containsExactly(1L);
      assertThat(event.data().get("code").asInt()).isEqualTo(400);
      assertThat(event.data().get("topics").toString()).isEqualTo("[\"" + topic + "\"]");
      assertThat(event.data().get("error").asString())
          .contains("records 2 to 2", "strong goes on behind them with from_seq 2", "from_seq 1");
      server.append(other, "1").is(200);
      event = reader.next();
      while (!event.type().equals("record")) {
        event = reader.next();
      }
      assertThat(event.data().get("topic").asString()).isEqualTo(other);
    }
  }

  @Test
  void strongGoesOnBehindRecordsInMemoryThatWereDeleted() {
    String topic = server.topic("{'durability':'ephemeral'}");
    server.append(topic, "1").is(200);
    server.post("/v0/topics/" + topic, "{'records':[{'data':2,'tag':'gone'}]}").is(200);
    server.post("/v0/topics/" + topic + "/delete", "{'match':'gone'}").is(200);
    server.put("/v0/topics/" + topic, "{'durability':'fsync'}").is(200);
    server.append(topic, "3").is(200);
    String json = "{'topics':{'%s':{'from_seq':1}},'consistency':'strong'}".formatted(topic);
    try (EventReader reader = open(url(json))) {
      @Nullable Event event = reader.next();
      while (!event.type().equals("record") && !event.type().equals("error")) {
        event = reader.next();
      }
      assertThat(event.type()).isEqualTo("record");
      assertThat(event.seqs()).containsExactly(3L);
    }
  }

  @Test
  void nothingOfAnEphemeralTopicIsEverSynced() {
    String topic = server.topic("{'durability':'ephemeral'}");
    create("{'topics':{'%s':{}},'consistency':'strong'}".formatted(topic))
        .invalid()
        .saying("ephemeral", "eventual");
  }
}
