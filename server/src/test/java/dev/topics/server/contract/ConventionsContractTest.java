package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.1: fields, types, numbers, times and `performance`.
class ConventionsContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- unknown fields

  @Test
  void unknownFieldsOfRequestsAreIgnored() {
    String topic = server.topic("{}");
    String write = "{'x':[{'records':1}],'records':[{'data':1,'y':{'data':2},'$seq':9}],'z':null}";
    server.post("/v0/topics/" + topic, write).is(200);
    assertThat(server.diff(topic, "{'from':1,'nodes':['a'],'limits':-1}").is(200).data())
        .containsExactly("1");
    server
        .deleteRecords(topic, "{'before_seq':2,'before':9,'matches':1}")
        .is(200)
        .has("/deleted", 1);
    server.get("/v0/topics/" + topic + "?x=1&touched=maybe").is(200);
    server.get("/v0/topics?x=1").is(200);
  }

  @ParameterizedTest
  @CsvSource({
    "cap_record, cap_records",
    "caprecords, cap_records",
    "ttl, ttl_ms",
    "ttl_sec, ttl_ms",
    "durabilty, durability",
    "Durable, durable",
    "autocreate, auto_create",
    "dead_leter, dead_letter",
    "lease, lease_ms"
  })
  void anUnknownFieldOfAConfigurationIsRefusedNamingTheNearest(String typo, String nearest) {
    String topic = server.name();
    String config = "{'cap_records':5,'" + typo + "':1}";
    server.put("/v0/topics/" + topic, config).invalid().saying(typo, nearest);
    String write = "{'records':[{'data':1}],'config':" + config + "}";
    server.post("/v0/topics/" + topic, write).invalid().saying(typo, nearest);
    assertThat(server.exists(topic)).isFalse();

    String existing = server.topic("{}");
    server.unchanged(existing, () -> server.put("/v0/topics/" + existing, config)).invalid();
  }

  @Test
  void anUnknownFieldThatIsLikeNoneIsRefusedAllTheSame() {
    server.put("/v0/topics/" + server.name(), "{'zzzzzzzzzz':1}").invalid().saying("zzzzzzzzzz");
  }

  // ---- wrong types

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "records | {'records':{}}",
        "records | {'records':'x'}",
        "records | {'records':1}",
        "records | {'records':[1]}",
        "records | {'records':[{'data':1},[]]}",
        "records | {'records':[null]}",
        "tag | {'records':[{'data':1,'tag':1}]}",
        "tag | {'records':[{'data':1,'tag':{}}]}",
        "node | {'records':[{'data':1,'node':true}]}",
        "node | {'records':[{'data':1}],'node':7}",
        "node | {'records':[{'data':1}],'node':['a']}",
        "meta | {'records':[{'data':1,'meta':[]}]}",
        "meta | {'records':[{'data':1,'meta':'x'}]}",
        "idempotency_key | {'records':[{'data':1}],'idempotency_key':1}",
        "create | {'records':[{'data':1}],'create':'yes'}",
        "create | {'records':[{'data':1}],'create':1}",
        "config | {'records':[{'data':1}],'config':[]}",
        "config | {'records':[{'data':1}],'config':'disk'}",
        "disable_backpressure | {'records':[{'data':1}],'disable_backpressure':0}"
      })
  void aWriteWithAWrongTypeIsRefusedNamingTheField(String field, String body) {
    String topic = server.topic("{}");
    server.unchanged(topic, () -> server.post("/v0/topics/" + topic, body)).invalid().saying(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "from_seq | '1'",
        "from_seq | true",
        "from_seq | 1.5",
        "from_seq | []",
        "limit | '10'",
        "limit | 0.5",
        "node | 1",
        "node | {}",
        "node | ['a',1]",
        "include_tags | 1",
        "include_meta | 'true'",
        "include_data | []",
        "wait_ms | '0'",
        "wait_ms | false",
        "max_batch_bytes | '1'",
        "max_batch_bytes | {}"
      })
  void aReadWithAWrongTypeIsRefusedNamingTheField(String field, String value) {
    String topic = server.topic("{}");
    server.diff(topic, "{'" + field + "':" + value + "}").invalid().saying(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "type | 1",
        "ttl_ms | '1'",
        "cap_records | true",
        "cap_bytes | 1.5",
        "discard | 0",
        "durability | true",
        "durable | 'true'",
        "durable | 1",
        "priority | 'high'",
        "priority | 0.5",
        "auto_priority | 1",
        "auto_create | 'no'",
        "idempotency_window_ms | []",
        "dedupe_node | {}",
        "lease_ms | '30000'",
        "claim_jitter_ms | false",
        "max_deliveries | 'never'",
        "dead_letter | 5",
        "leases_durable | 'x'"
      })
  void aConfigurationWithAWrongTypeIsRefusedNamingTheField(String field, String value) {
    String topic = server.name();
    String config = "{'" + field + "':" + value + "}";
    server.put("/v0/topics/" + topic, config).invalid().saying(field);
    String write = "{'records':[{'data':1}],'config':" + config + "}";
    server.post("/v0/topics/" + topic, write).invalid().saying(field);
    assertThat(server.exists(topic)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "before_seq | {'before_seq':'5'}",
        "before_seq | {'before_seq':true}",
        "before_seq | {'before_seq':1.5}",
        "match | {'match':5}",
        "match | {'match':{}}",
        "match | {'before_seq':2,'match':true}"
      })
  void aDeleteWithAWrongTypeIsRefusedNamingTheField(String field, String body) {
    String topic = server.topicOf(3);
    server.unchanged(topic, () -> server.deleteRecords(topic, body)).invalid().saying(field);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "'x'", "true", "null", "[{'records':[{'data':1}]}]"})
  void aBodyThatIsNoObjectIsInvalid(String body) {
    String topic = server.topicOf(1);
    server.unchanged(topic, () -> server.post("/v0/topics/" + topic, body)).invalid();
    server.unchanged(topic, () -> server.put("/v0/topics/" + topic, body)).invalid();
    server.unchanged(topic, () -> server.deleteRecords(topic, body)).invalid();
    server.diff(topic, body).invalid();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "}",
        "{}}",
        "{} {}",
        "{'a'}",
        "{'a':}",
        "{'a':1,}",
        "{a:1}",
        "{'a':1 'b':2}",
        "{'a':01}",
        "{'a':+1}",
        "{'a':1.}",
        "{'a':.5}",
        "{'a':1e}",
        "{'a':0x10}",
        "{'a':NaN}",
        "{'a':Infinity}",
        "{'a':TRUE}",
        "{'a':nul}",
        "{'a':'\\x'}",
        "{'a':'\\u12g4'}",
        "{'a':'\t'}",
        "{'a':'\0'}",
        "{'a':'",
        "{'a':[1,]}",
        "{'a':[1}",
        "{/**/}",
        "{}//",
        "\uFEFF{}",
        "\u00A0{}",
        "\f{}"
      })
  void aBodyThatIsNoJsonIsInvalidEverywhere(String body) {
    String topic = server.topicOf(1);
    server.unchanged(topic, () -> server.post("/v0/topics/" + topic, body)).invalid();
    server.unchanged(topic, () -> server.put("/v0/topics/" + topic, body)).invalid();
    server.unchanged(topic, () -> server.deleteRecords(topic, body)).invalid();
    server.diff(topic, body).invalid();
  }

  @Test
  void bytesThatAreNoUtf8AreInvalid() {
    String topic = server.topicOf(1);
    int[][] sequences = {
      {0x80},
      {0xC0, 0xAF},
      {0xC3},
      {0xE0, 0x80, 0x80},
      {0xED, 0xA0, 0x80},
      {0xF5, 0x80, 0x80, 0x80},
      {0xF0, 0x80, 0x80, 0x80},
      {0xFF},
      {0xF4, 0x90, 0x80, 0x80},
      {0xE2, 0x82}
    };
    for (int[] sequence : sequences) {
      byte[] body = ContractServer.utf8(Json.write("\"" + "x".repeat(sequence.length) + "\""));
      int at = new String(body, java.nio.charset.StandardCharsets.UTF_8).indexOf('x');
      for (int i = 0; i < sequence.length; i++) {
        body[at + i] = (byte) sequence[i];
      }
      Request write = server.request("POST", "/v0/topics/" + topic).rawJson(body);
      server.unchanged(topic, write::send).invalid();
    }
  }

  // ---- numbers

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ttl_ms",
        "cap_records",
        "cap_bytes",
        "idempotency_window_ms",
        "lease_ms",
        "claim_jitter_ms",
        "max_deliveries"
      })
  void aNegativeNumberInAConfigurationIsInvalid(String field) {
    String topic = server.topic("{}");
    for (String value : new String[] {"-1", "-9223372036854775808", "-1e3"}) {
      String config = "{'" + field + "':" + value + "}";
      server
          .unchanged(topic, () -> server.put("/v0/topics/" + topic, config))
          .invalid()
          .saying(field);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"from_seq", "limit", "wait_ms", "max_batch_bytes"})
  void aNegativeNumberInAReadIsInvalid(String field) {
    server.diff(server.topic("{}"), "{'" + field + "':-1}").invalid().saying(field);
  }

  @Test
  void aNegativeNumberElsewhereIsInvalid() {
    String topic = server.topicOf(2);
    server
        .unchanged(topic, () -> server.deleteRecords(topic, "{'before_seq':-1}"))
        .invalid()
        .saying("before_seq");
    server.get("/v0/topics?page_size=-1").invalid().saying("page_size");
  }

  @ParameterizedTest
  @ValueSource(strings = {"18446744073709551616", "1e30", "99999999999999999999999999"})
  void aNumberBeyondSixtyFourBitsIsInvalid(String number) {
    server.diff(server.topic("{}"), "{'from_seq':" + number + "}").invalid().saying("from_seq");
    String config = "{'cap_records':" + number + "}";
    server.put("/v0/topics/" + server.name(), config).invalid().saying("cap_records");
  }

  @Test
  void numbersOfSixtyThreeBitsAreKeptExactly() {
    String config = "{'cap_records':9223372036854775807,'ttl_ms':9007199254740993}";
    server
        .put("/v0/topics/" + server.name(), config)
        .is(201)
        .has("/config/cap_records", Long.MAX_VALUE)
        .has("/config/ttl_ms", 9007199254740993L);
  }

  @Test
  void unsignedNumbersBeyondSixtyThreeBitsMeanTheLargest() {
    String config = "{'cap_records':18446744073709551615,'ttl_ms':9223372036854775808}";
    String topic = server.name();
    server
        .put("/v0/topics/" + topic, config)
        .is(201)
        .has("/config/cap_records", Long.MAX_VALUE)
        .has("/config/ttl_ms", Long.MAX_VALUE);
    server.fill(topic, 2);
    server.deleteRecords(topic, "{'before_seq':18446744073709551615}").is(200).has("/deleted", 2);
  }

  @Test
  void theLargestNumbersOverflowNothing() {
    String most = "9223372036854775807";
    String topic =
        server.topic(
            "{'ttl_ms':MOST,'cap_records':MOST,'cap_bytes':MOST,'idempotency_window_ms':MOST}"
                .replace("MOST", most));
    String write = "{'records':[{'data':1}],'idempotency_key':'k'}";
    server.post("/v0/topics/" + topic, write).is(200).has("/deduped", false);
    server.post("/v0/topics/" + topic, write).is(200).has("/deduped", true);
    String query = "{'limit':MOST,'wait_ms':MOST,'max_batch_bytes':MOST}".replace("MOST", most);
    assertThat(server.diff(topic, query).is(200).seqs()).containsExactly(1L);
    server.diff(topic, 0).hasNull("/tombstone");
  }

  @Test
  void ofAFieldThatComesTwiceTheLastOneCounts() {
    String topic = server.topic("{}");
    String write =
        "{'node':'a','records':[{'data':0}],'node':'b','records':"
            + "[{'data':1,'tag':'x','data':2,'tag':'y'}]}";
    server.post("/v0/topics/" + topic, write).is(200).has("/count", 1);
    Answer diff = server.diff(topic, "{'from_seq':9,'include_tags':true,'from_seq':0}").is(200);
    diff.has("/records/0/data", 2).has("/records/0/$tag", "y").has("/records/0/$node", "b");
    server
        .put("/v0/topics/" + topic, "{'ttl_ms':1,'cap_records':5,'ttl_ms':70000}")
        .is(200)
        .has("/config/ttl_ms", 70000);
    String watch = "{'topics':{'" + server.topic("{}") + "':{}},'topics':{'" + topic + "':{}}}";
    server.post("/v0/watch", watch).is(200).hasExactly("/topics", topic);
  }

  @ParameterizedTest
  @ValueSource(strings = {"touch=maybe", "touch=1x"})
  void aQueryParameterOfAWrongTypeIsInvalid(String query) {
    server.get("/v0/topics/" + server.topic("{}") + "?" + query).invalid().saying("touch");
    server.get("/v0/topics?" + query).invalid().saying("touch");
  }

  @Test
  void wrongTypesInTheQueryOfOtherCallsAreInvalid() {
    String topic = server.topicOf(1);
    server.get("/v0/topics?page_size=ten").invalid().saying("page_size");
    server
        .unchanged(topic, () -> server.delete("/v0/topics/" + topic + "?if_empty=perhaps"))
        .invalid()
        .saying("if_empty");
    String path = "/v0/topics/" + topic + "?return_seqs=perhaps";
    server
        .unchanged(topic, () -> server.post(path, Json.write("1")))
        .invalid()
        .saying("return_seqs");
  }

  // ---- null

  @Test
  void nullStandsForAnAbsentOptionalField() {
    String topic = server.name();
    String write =
        "{'records':[{'data':1,'tag':null,'node':null,'meta':null}],'node':null,"
            + "'idempotency_key':null,'create':null,'config':null,'disable_backpressure':null}";
    server.post("/v0/topics/" + topic, write).is(201).has("/deduped", false);
    server.post("/v0/topics/" + topic, write).is(200).has("/deduped", false);
    String query =
        "{'from_seq':null,'limit':null,'node':null,'include_tags':null,"
            + "'include_meta':null,'include_data':null,'wait_ms':null,'max_batch_bytes':null}";
    server.diff(topic, query).is(200).hasExactly("/records/0", "$seq", "$ts", "data");
    server.deleteRecords(topic, "{'before_seq':2,'match':null}").is(200).has("/deleted", 1);
  }

  // ---- times

  @Test
  void timesAreIntegerMillisecondsSinceTheEpoch() {
    String topic = server.topic("{}");
    long before = System.currentTimeMillis();
    server.append(topic, "1").is(200);
    Answer diff = server.diff(topic, 0);
    Answer state = server.state(topic);
    long after = System.currentTimeMillis();
    assertThat(diff.number("/records/0/$ts")).isBetween(before, after);
    assertThat(state.number("/last_write_ts")).isBetween(before, after);
    assertThat(state.number("/last_read_ts")).isBetween(before, after);
  }

  // ---- performance

  @Test
  void everyAnswerSaysHowLongItTook() {
    String topic = server.topic("{}");
    server.get("/v0/topics").is(200);
    server.get("/v0/topics/" + topic).is(200);
    server.append(topic, "1").is(200);
    server.diff(topic, "{}").is(200);
    server.deleteRecords(topic, "{'before_seq':1}").is(200);
    server.delete("/v0/topics/" + topic).is(200);
    server.get("/v0/health").is(200);
    server.get("/v0/ready").is(200);
    server.get("/v0/topics/" + topic).refused(404, "topic_not_found");
    server.get("/nowhere").refused(404, "not_found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk"})
  void aWriteWhoseAckWaitsForNoSyncSaysSo(String durability) {
    String topic = server.topic("{'durability':'" + durability + "'}");
    Answer written = server.append(topic, "1").is(200);
    assertThat(written.at("/performance/wal_append_ms").isNumber()).isTrue();
    assertThat(written.at("/performance/fsync_ms").isFloatingPointNumber()).isTrue();
    assertThat(written.at("/performance/fsync_ms").asDouble()).isZero();
  }

  @Test
  void aWriteWhoseAckWaitedForASyncSaysHowLong() {
    String topic = server.topic("{'durability':'fsync'}");
    Answer written = server.append(topic, "1").is(200);
    assertThat(written.at("/performance/wal_append_ms").isNumber()).isTrue();
    assertThat(written.at("/performance/fsync_ms").asDouble()).isPositive();
  }

  @Test
  void aReadSaysHowManyRecordsItScanned() {
    String topic = server.topicOf(5);
    server.diff(topic, 0).has("/performance/records_scanned", 5);
    server.diff(topic, 4).has("/performance/records_scanned", 1);
    server.diff(topic, 5).has("/performance/records_scanned", 0);
  }
}
