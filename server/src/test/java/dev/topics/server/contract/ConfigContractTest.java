package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §2.1 and §2.2: configurations, and PUT of a topic.
class ConfigContractTest {
  private static final String DEFAULTS =
      "{'type':'log','ttl_ms':0,'cap_records':0,'cap_bytes':0,'discard':'old','durability':'disk',"
          + "'durable':false,'priority':null,'auto_priority':true,'auto_create':true,"
          + "'idempotency_window_ms':120000,'dedupe_node':true,'lease_ms':30000,"
          + "'claim_jitter_ms':0,'max_deliveries':0,'dead_letter':null,'leases_durable':false,"
          + "'backoff_ms':[]}";

  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- creation

  @ParameterizedTest
  @ValueSource(strings = {"{}", ""})
  void withoutAnyFieldEverythingIsTheDefault(String body) {
    Answer put = server.put("/v0/topics/" + server.name(), body).is(201);
    put.hasExactly("", "topic", "created", "config", "performance").has("/created", true);
    put.hasJson("/config", DEFAULTS);
  }

  @Test
  void aTopicThatAWriteCreatesHasTheDefaultsToo() {
    String topic = server.name();
    server.append(topic, "1").is(201);
    server.state(topic).hasJson("/config", DEFAULTS);
  }

  @Test
  void everyFieldIsEchoed() {
    String config =
        "{'type':'queue','ttl_ms':1,'cap_records':2,'cap_bytes':3,'discard':'reject',"
            + "'durability':'fsync','durable':true,'priority':-7,'auto_priority':false,"
            + "'auto_create':false,'idempotency_window_ms':4,'dedupe_node':false,'lease_ms':500,"
            + "'claim_jitter_ms':6,'max_deliveries':7,'dead_letter':'poison',"
            + "'leases_durable':true,'backoff_ms':[8,9]}";
    String topic = server.name();
    server.put("/v0/topics/" + topic, config).is(201).hasJson("/config", config);
    server.state(topic).hasJson("/config", config);
  }

  // ---- update

  @Test
  void aRepeatedPutChangesNothing() {
    String topic = server.topicOf(3, "{'cap_records':10,'priority':5}");
    Answer repeated =
        server.unchanged(
            topic, () -> server.put("/v0/topics/" + topic, "{'cap_records':10,'priority':5}"));
    repeated.is(200).has("/created", false).has("/topic", topic);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", ""})
  void aPutWithoutAnyFieldLeavesEverythingAsItIs(String body) {
    String topic = server.topicOf(2, "{'ttl_ms':99999,'dead_letter':'d','durability':'memory'}");
    server
        .unchanged(topic, () -> server.put("/v0/topics/" + topic, body))
        .is(200)
        .has("/config/ttl_ms", 99999)
        .has("/config/dead_letter", "d")
        .has("/config/durability", "memory");
  }

  @Test
  void aPutUpdatesTheGivenFieldsAndLeavesTheRest() {
    String topic = server.topic("{'ttl_ms':60000,'priority':5,'cap_records':10}");
    Answer put = server.put("/v0/topics/" + topic, "{'cap_records':20,'priority':null}").is(200);
    put.has("/created", false);
    put.has("/config/cap_records", 20).hasNull("/config/priority").has("/config/ttl_ms", 60000);
    assertThat(server.state(topic).at("/config")).isEqualTo(put.at("/config"));
  }

  @Test
  void theTypeCannotBeChanged() {
    String log = server.topicOf(1);
    server
        .unchanged(log, () -> server.put("/v0/topics/" + log, "{'type':'queue','ttl_ms':9}"))
        .refused(409, "topic_exists_incompatible");
    String queue = server.topic("{'type':'queue'}");
    server
        .unchanged(queue, () -> server.put("/v0/topics/" + queue, "{'type':'log'}"))
        .refused(409, "topic_exists_incompatible");
    server.put("/v0/topics/" + queue, "{'type':'queue','ttl_ms':9}").is(200);
    server.put("/v0/topics/" + queue, "{'ttl_ms':8}").is(200).has("/config/type", "queue");
  }

  @Test
  void aPutRewritesNoStoredRecord() {
    String topic = server.topicOf(3);
    String before = server.diff(topic, 0).at("/records").toString();
    server
        .put("/v0/topics/" + topic, "{'durability':'fsync','cap_records':99,'priority':1}")
        .is(200);
    assertThat(server.diff(topic, 0).at("/records").toString()).isEqualTo(before);
  }

  @Test
  void aTightenedCapEvictsAtOnce() {
    String topic = server.topicOf(10);
    server.put("/v0/topics/" + topic, "{'cap_records':3}").is(200);
    server.state(topic).has("/count", 3).has("/earliest_seq", 8).has("/head_seq", 10);
    Answer diff = server.diff(topic, 0);
    assertThat(diff.seqs()).containsExactly(8L, 9L, 10L);
    diff.has("/tombstone/reason", "cap").has("/tombstone/gap_from", 1).has("/tombstone/gap_to", 7);
  }

  @Test
  void aRaisedCapBringsNothingBack() {
    String topic = server.topicOf(10, "{'cap_records':3}");
    server.put("/v0/topics/" + topic, "{'cap_records':0}").is(200);
    server.state(topic).has("/count", 3).has("/earliest_seq", 8);
    server.fill(topic, 5);
    server.state(topic).has("/count", 8).has("/earliest_seq", 8);
  }

  // ---- single fields

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                      | disk      | false",
        "{'durable':false}                       | disk      | false",
        "{'durable':true}                        | fsync     | true",
        "{'durability':'ephemeral'}              | ephemeral | false",
        "{'durability':'memory','durable':true}  | memory    | false",
        "{'durability':'disk','durable':true}    | disk      | false",
        "{'durable':false,'durability':'fsync'}  | fsync     | true"
      })
  void durableIsConsultedOnlyWithoutDurability(String config, String durability, boolean durable) {
    server
        .put("/v0/topics/" + server.name(), config)
        .is(201)
        .has("/config/durability", durability)
        .has("/config/durable", durable);
  }

  @Test
  void durableAloneChangesTheClassOfATopicThatIsThere() {
    String topic = server.topic("{'durability':'memory'}");
    server
        .put("/v0/topics/" + topic, "{'durable':true}")
        .is(200)
        .has("/config/durability", "fsync")
        .has("/config/durable", true);
    server
        .put("/v0/topics/" + topic, "{'durable':false}")
        .is(200)
        .has("/config/durability", "disk")
        .has("/config/durable", false);
  }

  @ParameterizedTest
  @CsvSource({
    "priority, 1000, 1000",
    "priority, 1001, 1000",
    "priority, 2147483647, 1000",
    "priority, -1000, -1000",
    "priority, -2147483648, -1000",
    "priority, 0, 0",
    "lease_ms, 0, 100",
    "lease_ms, 99, 100",
    "lease_ms, 100, 100",
    "lease_ms, 86400000, 86400000",
    "lease_ms, 86400001, 86400000",
    "lease_ms, 9223372036854775807, 86400000",
    "claim_jitter_ms, 0, 0",
    "claim_jitter_ms, 5000, 5000",
    "claim_jitter_ms, 5001, 5000",
    "max_deliveries, 3, 3"
  })
  void valuesAreClampedAndEchoedSo(String field, String given, long echoed) {
    String topic = server.name();
    String config = "{'" + field + "':" + given + "}";
    server.put("/v0/topics/" + topic, config).is(201).has("/config/" + field, echoed);
    server.state(topic).has("/config/" + field, echoed);
  }

  @ParameterizedTest
  @CsvSource({
    "type, stream",
    "type, LOG",
    "type, ''",
    "discard, drop",
    "discard, Old",
    "durability, sync",
    "durability, FSYNC",
    "durability, ''"
  })
  void aWordThatIsNotInTheListIsInvalid(String field, String word) {
    String config = "{'" + field + "':'" + word + "'}";
    String topic = server.name();
    server.put("/v0/topics/" + topic, config).invalid().saying(field);
    assertThat(server.exists(topic)).isFalse();
    String existing = server.topic("{}");
    server.unchanged(existing, () -> server.put("/v0/topics/" + existing, config)).invalid();
  }

  @Test
  void theRefusalRepeatsNoMoreThanTheStartOfWhatIsLong() {
    String topic = server.name();
    String longText = "cap_records_".repeat(200_000);
    Answer word = server.put("/v0/topics/" + topic, "{'type':'" + longText + "'}").invalid();
    assertThat(word.saying("type", "cap_records_").text()).hasSizeLessThan(500);
    Answer field = server.put("/v0/topics/" + topic, "{'" + longText + "':1}").invalid();
    assertThat(field.saying("cap_records_").text()).hasSizeLessThan(500);
    Answer inline =
        server
            .post("/v0/topics/" + topic, "{'records':[{'data':1}],'config':{'" + longText + "':1}}")
            .invalid();
    assertThat(inline.text()).hasSizeLessThan(500);
    assertThat(server.exists(topic)).isFalse();
  }

  @Test
  void theRefusalOfAWordNamesThePossibleOnes() {
    server
        .put("/v0/topics/" + server.name(), "{'durability':'sync'}")
        .invalid()
        .saying("ephemeral", "memory", "disk", "fsync");
    server.put("/v0/topics/" + server.name(), "{'type':'stream'}").invalid().saying("log", "queue");
    server.put("/v0/topics/" + server.name(), "{'discard':'x'}").invalid().saying("old", "reject");
  }

  @Test
  void deadLettersGoToAnotherTopicWithAProperName() {
    String topic = server.name();
    server
        .put("/v0/topics/" + topic, "{'dead_letter':'" + topic + "'}")
        .invalid()
        .saying("dead_letter");
    server.put("/v0/topics/" + topic, "{'dead_letter':'no/name'}").invalid().saying("dead_letter");
    server.put("/v0/topics/" + topic, "{'dead_letter':''}").invalid().saying("dead_letter");
    assertThat(server.exists(topic)).isFalse();
    server.put("/v0/topics/" + topic, "{'dead_letter':'other'}").is(201);
    server
        .unchanged(
            topic, () -> server.put("/v0/topics/" + topic, "{'dead_letter':'" + topic + "'}"))
        .invalid();
    server
        .put("/v0/topics/" + topic, "{'dead_letter':null}")
        .is(200)
        .hasNull("/config/dead_letter");
  }

  @Test
  void aWriteThatCreatesUsesItsConfigurationWhole() {
    String topic = server.name();
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1}],'config':{'durable':true,'cap_records':7,'lease_ms':1}}")
        .is(201)
        .has("/created", true);
    server
        .state(topic)
        .has("/config/durability", "fsync")
        .has("/config/cap_records", 7)
        .has("/config/lease_ms", 100);
  }

  @Test
  void aWriteToATopicThatIsThereLeavesItsConfigurationAlone() {
    String topic = server.topic("{'cap_records':5}");
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1}],'config':{'cap_records':7,'type':'queue'}}")
        .is(200)
        .has("/created", false);
    server.state(topic).has("/config/cap_records", 5).has("/config/type", "log");
  }

  @Test
  void theDeadLetterOfAnInlineConfigurationIsCheckedToo() {
    String topic = server.name();
    server
        .post(
            "/v0/topics/" + topic,
            "{'records':[{'data':1}],'config':{'dead_letter':'" + topic + "'}}")
        .invalid()
        .saying("dead_letter");
    assertThat(server.exists(topic)).isFalse();
  }
}
