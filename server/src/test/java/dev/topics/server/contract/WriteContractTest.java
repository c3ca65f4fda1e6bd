package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §3, semantics §1 and §2: appending.
class WriteContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- the answer

  @Test
  void theAnswerNamesTheSeqsOfTheRecords() {
    String topic = server.topic("{}");
    Answer first = server.append(topic, "1", "2").is(200);
    first.hasExactly(
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
    first
        .has("/topic", topic)
        .has("/first_seq", 1)
        .has("/last_seq", 2)
        .hasJson("/seqs", "[1,2]")
        .has("/head_seq", 2)
        .has("/count", 2)
        .has("/created", false)
        .has("/deduped", false);
    server
        .append(topic, "3", "4", "5")
        .is(200)
        .has("/first_seq", 3)
        .has("/last_seq", 5)
        .hasJson("/seqs", "[3,4,5]")
        .has("/head_seq", 5)
        .has("/count", 3);
  }

  @Test
  void aWriteThatCreatesTheTopicIsA201() {
    String topic = server.name();
    server.append(topic, "1").is(201).has("/created", true).has("/first_seq", 1);
    server.append(topic, "2").is(200).has("/created", false).has("/first_seq", 2);
  }

  @Test
  void seqsAreLeftOutOnRequest() {
    String topic = server.topic("{}");
    String path = "/v0/topics/" + topic;
    server
        .post(path + "?return_seqs=false", Json.write("1"))
        .is(200)
        .lacks("/seqs")
        .has("/first_seq", 1)
        .has("/last_seq", 1)
        .has("/count", 1);
    server.post(path + "?return_seqs=true", Json.write("1")).is(200).hasJson("/seqs", "[2]");
  }

  // ---- records

  @Test
  void everyRecordNeedsData() {
    String topic = server.topicOf(1);
    for (String records :
        List.of("[{}]", "[{'tag':'t'}]", "[{'data':1},{'meta':{}}]", "[{'Data':1}]")) {
      String body = "{'records':" + records + "}";
      server
          .unchanged(topic, () -> server.post("/v0/topics/" + topic, body))
          .invalid()
          .saying("data");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'records':[]}", "{'records':null}", "{'record':[{'data':1}]}"})
  void atLeastOneRecordIsNeeded(String body) {
    String topic = server.topicOf(1);
    server
        .unchanged(topic, () -> server.post("/v0/topics/" + topic, body))
        .invalid()
        .saying("records");
  }

  @Test
  void theNodeOfARecordOverridesThatOfTheBatch() {
    String topic = server.topic("{}");
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1,'node':'own'},{'data':2}],'node':'batch'}")
        .is(200);
    server
        .post(
            "/v0/topics/" + topic,
            "{'node':'early','records':[{'data':3},{'node':'own','data':4}]}")
        .is(200);
    Answer diff = server.diff(topic, 0);
    diff.has("/records/0/$node", "own")
        .has("/records/1/$node", "batch")
        .has("/records/2/$node", "early")
        .has("/records/3/$node", "own");
  }

  @Test
  void fieldsMayComeInAnyOrder() {
    String topic = server.name();
    server
        .post(
            "/v0/topics/" + topic,
            "{'config':{'cap_records':9},'create':true,'idempotency_key':'k','records':"
                + "[{'tag':'t','meta':{'m':1},'data':1},{'meta':{'m':2},'data':2,'tag':'u'}]}")
        .is(201);
    Answer diff = server.diff(topic, "{'include_tags':true}").is(200);
    diff.has("/records/0/$tag", "t").has("/records/1/$tag", "u").has("/records/1/meta/m", 2);
  }

  @Test
  void allRecordsOfAWriteGetContiguousSeqsOrNothingIsAppended() {
    String topic = server.topicOf(2);
    for (String bad : List.of("{}", "{'data':1,'tag':5}", "{'data':1,'meta':[]}", "5")) {
      String body = "{'records':[{'data':1},{'data':2}," + bad + ",{'data':3}]}";
      server.unchanged(topic, () -> server.post("/v0/topics/" + topic, body)).invalid();
    }
    server.append(topic, "1").is(200).has("/first_seq", 3);
  }

  @Test
  void aRefusalNamesTheRecordThatIsWrong() {
    String topic = server.topic("{}");
    server
        .post("/v0/topics/" + topic, "{'records':[{'data':1},{'data':2,'tag':5}]}")
        .invalid()
        .saying("records[1]");
  }

  @Test
  void timestampsNeverDecreaseThoughTheClockStepsBack() {
    String topic = server.topic("{}");
    server.append(topic, "1").is(200);
    server.clock().stepWall(-50_000);
    try {
      server.append(topic, "2").is(200);
    } finally {
      server.clock().stepWall(50_000);
    }
    server.append(topic, "3").is(200);
    Answer diff = server.diff(topic, 0);
    long first = diff.number("/records/0/$ts");
    long second = diff.number("/records/1/$ts");
    assertThat(second).isEqualTo(first);
    assertThat(diff.number("/records/2/$ts")).isGreaterThanOrEqualTo(second);
  }

  @Test
  void recordsNeverChange() {
    String topic = server.topicOf(3);
    String before = server.diff(topic, 1).at("/records").toString();
    server.fill(topic, 5);
    server.deleteRecords(topic, "{'before_seq':2}").is(200);
    server.put("/v0/topics/" + topic, "{'cap_records':7,'durability':'memory'}").is(200);
    String after = server.diff(topic, "{'from_seq':1,'limit':2}").is(200).at("/records").toString();
    assertThat(after).isEqualTo(before);
  }

  // ---- creation

  @Test
  void createFalseRefusesToCreate() {
    String topic = server.name();
    String body = "{'records':[{'data':1}],'create':false}";
    server.post("/v0/topics/" + topic, body).refused(404, "topic_not_found");
    assertThat(server.exists(topic)).isFalse();
    server.put("/v0/topics/" + topic, "{}").is(201);
    server.post("/v0/topics/" + topic, body).is(200).has("/created", false);
  }

  @Test
  void createTrueCreates() {
    String topic = server.name();
    server.post("/v0/topics/" + topic, "{'records':[{'data':1}],'create':true}").is(201);
    server.post("/v0/topics/" + topic, "{'records':[{'data':1}],'create':true}").is(200);
  }

  @Test
  void createTrueOverridesAutoCreateFalse() {
    String topic = server.name();
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1}],'create':true,'config':{'auto_create':false}}")
        .is(201);
    server.state(topic).has("/config/auto_create", false);
    server.append(topic, "2").is(200);
  }

  @Test
  void autoCreateFalseLeavesTheTopicUncreated() {
    String topic = server.name();
    String write = "{'records':[{'data':1}],'config':{'auto_create':false}}";
    server.post("/v0/topics/" + topic, write).refused(404, "topic_not_found");
    assertThat(server.exists(topic)).isFalse();
    server.put("/v0/topics/" + topic, "{'auto_create':false}").is(201);
    server.post("/v0/topics/" + topic, write).is(200).has("/created", false);
  }

  @Test
  void aQueueIsWrittenAndReadAsALogIs() {
    String queue = server.topic("{'type':'queue'}");
    server.append(queue, "1", "2").is(200).has("/last_seq", 2);
    assertThat(server.diff(queue, 0).data()).containsExactly("1", "2");
  }

  @Test
  void disableBackpressureIsAccepted() {
    String topic = server.topic("{}");
    server
        .post("/v0/topics/" + topic, "{'records':[{'data':1}],'disable_backpressure':true}")
        .is(200);
  }

  // ---- limits

  @Test
  void aWriteMayHave10000RecordsAndNotOneMore() {
    String topic = server.topic("{}");
    String records = Json.repeated("{'data':0}", 10_000);
    server
        .post("/v0/topics/" + topic, "{'records':" + records + "}")
        .is(200)
        .has("/count", 10_000)
        .has("/last_seq", 10_000);
    String more = "{'records':[{'data':0}," + records.substring(1) + "}";
    server
        .unchanged(topic, () -> server.post("/v0/topics/" + topic, more))
        .refused(400, "batch_too_large")
        .saying("10000");
  }

  @Test
  void dataAndMetaOfARecordMayHaveAMebibyteAndNotOneByteMore() {
    String topic = server.topic("{}");
    int mebibyte = 1 << 20;
    String meta = "{'k':'v'}";
    String data = "'" + "x".repeat(mebibyte - meta.length() - 2) + "'";
    String body = "{'records':[{'data':1},{'data':DATA,'meta': {'k' : 'v'} }]}";
    server.post("/v0/topics/" + topic, body.replace("DATA", data)).is(200);
    assertThat(server.state(topic).number("/bytes")).isEqualTo(mebibyte + 1);
    String tooLarge = body.replace("DATA", data.replace("'x", "'xx"));
    server
        .unchanged(topic, () -> server.post("/v0/topics/" + topic, tooLarge))
        .refused(400, "record_too_large")
        .saying("1048576");
  }

  @Test
  void whitespaceDoesNotCountAgainstTheSizeOfARecord() {
    String topic = server.topic("{}");
    String spaced = "[" + " ".repeat(2 << 20) + "1]";
    server.append(topic, spaced).is(200);
    server.diff(topic, 0).hasRaw("/records/0/data", "[1]");
    server.state(topic).has("/bytes", 3);
  }

  // ---- topics that refuse

  @Test
  void aFullTopicThatRejectsRefusesTheWriteAndConsumesNoSeq() {
    String topic = server.topicOf(3, "{'cap_records':3,'cap_bytes':1000,'discard':'reject'}");
    Answer refused = server.unchanged(topic, () -> server.append(topic, "4"));
    refused.refused(422, "topic_full");
    refused.has("/error/detail/cap_records", 3).has("/error/detail/cap_bytes", 1000);
    refused.has("/error/detail/head_seq", 3).has("/error/detail/earliest_seq", 1);
    server.deleteRecords(topic, "{'before_seq':2}").is(200);
    server.append(topic, "4").is(200).has("/first_seq", 4);
    server.unchanged(topic, () -> server.append(topic, "5")).refused(422, "topic_full");
    assertThat(server.diff(topic, 0).data()).containsExactly("2", "3", "4");
    server.diff(topic, 0).hasNull("/tombstone");
  }

  @Test
  void aWriteThatWouldPassTheCapIsRefusedWhole() {
    String topic = server.topicOf(2, "{'cap_records':3,'discard':'reject'}");
    server.unchanged(topic, () -> server.append(topic, "3", "4")).refused(422, "topic_full");
    server.append(topic, "3").is(200).has("/first_seq", 3);
  }

  @Test
  void theCapOfBytesRefusesToo() {
    String topic = server.topic("{'cap_bytes':10,'discard':'reject'}");
    server.append(topic, "12345", "1234").is(200);
    server.unchanged(topic, () -> server.append(topic, "12")).refused(422, "topic_full");
    server.append(topic, "1").is(200);
    server.state(topic).has("/bytes", 10).has("/count", 3);
  }

  @Test
  void aWriteLargerThanTheWholeCapOfATopicThatRejectsIsTooLarge() {
    String records = server.topic("{'cap_records':2,'discard':'reject'}");
    server
        .unchanged(records, () -> server.append(records, "1", "2", "3"))
        .refused(400, "record_too_large");
    String bytes = server.topic("{'cap_bytes':10,'discard':'reject'}");
    server
        .unchanged(bytes, () -> server.append(bytes, "12345678901"))
        .refused(400, "record_too_large");
    server
        .unchanged(bytes, () -> server.append(bytes, "123456", "123456"))
        .refused(400, "record_too_large");
    server.append(bytes, "1234567890").is(200);
  }

  @Test
  void aRefusedFirstWriteCreatesNothing() {
    String topic = server.name();
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1},{'data':2}],'config':{'cap_records':1,'discard':'reject'}}")
        .refused(400, "record_too_large");
    assertThat(server.exists(topic)).isFalse();
  }

  // ---- topics that evict

  @Test
  void aFullTopicThatDiscardsTheOldKeepsTheNewest() {
    String topic = server.topicOf(2, "{'cap_records':3}");
    server.append(topic, "3", "4").is(200).has("/first_seq", 3);
    server.state(topic).has("/count", 3).has("/earliest_seq", 2).has("/head_seq", 4);
    server.append(topic, "5", "6", "7", "8", "9").is(200).hasJson("/seqs", "[5,6,7,8,9]");
    assertThat(server.diff(topic, 6).data()).containsExactly("7", "8", "9");
  }

  @Test
  void capsCountLiveRecordsAndBytesOnly() {
    String topic = server.topicOf(3, "{'cap_records':3}");
    server.deleteRecords(topic, "{'before_seq':3}").is(200);
    server.fill(topic, 2);
    server.state(topic).has("/count", 3).has("/earliest_seq", 3);
    server.diff(topic, 0).hasNull("/tombstone");

    String bytes = server.topic("{'cap_bytes':10}");
    server.append(bytes, "12345", "12345").is(200);
    server.append(bytes, "1").is(200);
    server.state(bytes).has("/count", 2).has("/bytes", 6).has("/earliest_seq", 2);
    server.append(bytes, "12345678901").is(200);
    server.state(bytes).has("/count", 0).has("/bytes", 0).has("/earliest_seq", 5);
  }
}
