package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.2: names, and the sizes of what comes with a record.
class NamesContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- topics

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "Z", "0", "9lives", "a.b", "a_b", "a:b", "a-b", "a..b", "x---", "A.z_0:9-"})
  void topicsMayHaveTheseNames(String name) {
    server.put("/v0/topics/" + name, "{}").is(201).has("/topic", name);
    server.append(name, "1").is(200).has("/topic", name);
    server.state(name).has("/topic", name);
    server.diff(name, 0).has("/topic", name);
    server.deleteRecords(name, "{'before_seq':9}").is(200).has("/topic", name);
    server.delete("/v0/topics/" + name).is(200).has("/topic", name);
  }

  @Test
  void aNameMayHave255CharactersAndNotOneMore() {
    String longest = "n".repeat(255);
    server.put("/v0/topics/" + longest, "{}").is(201).has("/topic", longest);
    server.put("/v0/topics/" + longest + "n", "{}").invalid();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".hidden",
        "_x",
        "-x",
        ":x",
        "..",
        "...",
        "%2e%2e",
        "a%20b",
        "a%2Fb",
        "%2F",
        "a%00",
        "%00",
        "a+b",
        "a%2Bb",
        "a@b",
        "a,b",
        "a;b",
        "a=b",
        "a~b",
        "a!b",
        "a$b",
        "a*b",
        "a(b)",
        "a'b",
        "a%0Ab",
        "a%0D%0Ab",
        "a%7F",
        "%C3%A9",
        "a%C3%A9",
        "%F0%9F%98%80",
        "%80",
        "%C0%AF",
        "%FF",
        "orders-%3Eaudit",
        "orders->audit",
        "a%5Cb",
        "a%22b",
        "a%23",
        "a%3Fb",
        "a%25b"
      })
  void anyOtherNameIsInvalidWhereverItStands(String name) {
    String path = "/v0/topics/" + name;
    server.put(path, "{}").invalid();
    server.get(path).invalid();
    server.delete(path).invalid();
    server.post(path, Json.write("1")).invalid();
    server.post(path + "/diff", "{}").invalid();
    server.post(path + "/delete", "{'before_seq':1}").invalid();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%", "%4", "%zz", "a%", "a%4", "a%g0", "%%41", "%u0041", "% 41"})
  void aBrokenPercentCodeIsInvalid(String name) {
    String path = "/v0/topics/" + name;
    server.put(path.replace(" ", "%20"), "{}").invalid();
  }

  @Test
  void segmentsAreDecodedOnce() {
    server.put("/v0/topics/%4aobs%2d1", "{}").is(201).has("/topic", "Jobs-1");
    server.put("/v0/topics/Jobs-1", "{}").is(200);
    server.put("/v0/topics/Jobs%2D1", "{}").is(200);
    server.put("/v0/topics/%254aobs", "{}").invalid();
    server.post("/v0/topics/%4Aobs-1/%64iff", "{}").is(200).has("/topic", "Jobs-1");
  }

  @Test
  void namesAreCaseSensitive() {
    server.put("/v0/topics/Case", "{}").is(201);
    server.put("/v0/topics/case", "{}").is(201);
    server.append("Case", "1").is(200);
    assertThat(server.head("case")).isZero();
    server.get("/v0/topics/CASE").refused(404, "topic_not_found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"diff", "delete", "topics", "claim", "health", "v0"})
  void wordsOfThePathsAreNamesToo(String name) {
    server.put("/v0/topics/" + name, "{}").is(201);
    server.append(name, "1").is(200).has("/first_seq", 1);
    assertThat(server.diff(name, 0).seqs()).containsExactly(1L);
    server.delete("/v0/topics/" + name).is(200);
  }

  /// semantics §11.
  @Test
  void namesNeverBecomeFileNames() throws IOException {
    String name = "Never.a:file-name";
    server.put("/v0/topics/" + name, "{'durability':'fsync'}").is(201);
    server.append(name, "1").is(200);
    try (Stream<Path> files = Files.walk(server.directory())) {
      assertThat(files.map(file -> file.getFileName().toString().toLowerCase(Locale.ROOT)))
          .isNotEmpty()
          .noneMatch(file -> file.contains("never"));
    }
  }

  // ---- tags and nodes

  @ParameterizedTest
  @CsvSource({"tag, 256", "node, 128"})
  void tagsAndNodesAreMeasuredInBytes(String field, int most) {
    String topic = server.topic("{}");
    for (String longest : new String[] {"x".repeat(most), "é".repeat(most / 2)}) {
      accepts(topic, field, longest);
      refuses(topic, field, longest + "x");
    }
    accepts(topic, field, "😀".repeat(most / 4));
    refuses(topic, field, "😀".repeat(most / 4) + "x");
  }

  private static void accepts(String topic, String field, String value) {
    server.post("/v0/topics/" + topic, withField(field, value)).is(200);
    Answer read = server.diff(topic, "{'limit':1,'include_tags':true}").is(200);
    read.has("/records/0/$" + field, value);
    server.deleteRecords(topic, "{'before_seq':1000}").is(200);
  }

  private static void refuses(String topic, String field, String value) {
    String body = withField(field, value);
    server.unchanged(topic, () -> server.post("/v0/topics/" + topic, body)).invalid().saying(field);
  }

  private static String withField(String field, String value) {
    return "{'records':[{'data':0,'" + field + "':'" + value + "'}]}";
  }

  @Test
  void escapesInATagCountAsWhatTheyStandFor() {
    String topic = server.topic("{}");
    String tag = "\\u0041".repeat(256);
    server.post("/v0/topics/" + topic, "{'records':[{'data':0,'tag':'" + tag + "'}]}").is(200);
    String query = "{'include_tags':true}";
    server.diff(topic, query).is(200).has("/records/0/$tag", "A".repeat(256));
    server.deleteRecords(topic, "{'match':'" + "A".repeat(256) + "'}").is(200).has("/deleted", 1);
  }

  @Test
  void theNodeOfABatchHasTheSameLimit() {
    String topic = server.topic("{}");
    String body = "{'records':[{'data':0}],'node':'" + "n".repeat(129) + "'}";
    server
        .unchanged(topic, () -> server.post("/v0/topics/" + topic, body))
        .invalid()
        .saying("node");
  }

  // ---- meta

  @Test
  void metaMayHave64KeysAndNotOneMore() {
    String topic = server.topic("{}");
    server.post("/v0/topics/" + topic, withMeta(meta(64))).is(200);
    String body = withMeta(meta(65));
    server
        .unchanged(topic, () -> server.post("/v0/topics/" + topic, body))
        .invalid()
        .saying("meta");
  }

  @Test
  void metaMayHave16KibibytesOfJsonAndNotOneMore() {
    String topic = server.topic("{}");
    String frame = "{'k':''}";
    String longest = "{'k':'" + "v".repeat((16 << 10) - frame.length()) + "'}";
    server.post("/v0/topics/" + topic, withMeta(longest)).is(200);
    server.diff(topic, 0).hasRaw("/records/0/meta", Json.json(longest));
    String body = withMeta(longest.replace("'v", "'vv"));
    server
        .unchanged(topic, () -> server.post("/v0/topics/" + topic, body))
        .invalid()
        .saying("meta");
  }

  @Test
  void anEmptyMetaIsStillAMeta() {
    String topic = server.topic("{}");
    server.post("/v0/topics/" + topic, withMeta("{ }")).is(200);
    server.diff(topic, 0).hasRaw("/records/0/meta", "{}");
  }

  private static String meta(int keys) {
    StringBuilder meta = new StringBuilder("{");
    for (int i = 0; i < keys; i++) {
      meta.append(i == 0 ? "" : ",").append("'k").append(i).append("':'v'");
    }
    return meta.append('}').toString();
  }

  private static String withMeta(String meta) {
    return "{'records':[{'data':0,'meta':" + meta + "}]}";
  }

  // ---- idempotency keys

  @Test
  void anIdempotencyKeyMayHave256CharactersAndNotOneMore() {
    for (String letter : new String[] {"k", "é", "😀"}) {
      String topic = server.topic("{}");
      server.post("/v0/topics/" + topic, withKey(letter.repeat(256))).is(200);
      String body = withKey(letter.repeat(257));
      server
          .unchanged(topic, () -> server.post("/v0/topics/" + topic, body))
          .invalid()
          .saying("idempotency_key");
    }
  }

  @Test
  void theHeaderHasTheSameLimit() {
    String topic = server.topic("{}");
    Request longest = server.request("POST", "/v0/topics/" + topic).json(Json.write("1"));
    longest.header("Idempotency-Key", "k".repeat(256)).send().is(200);
    Request tooLong = server.request("POST", "/v0/topics/" + topic).json(Json.write("1"));
    tooLong.header("Idempotency-Key", "k".repeat(257));
    server.unchanged(topic, tooLong::send).invalid();
  }

  private static String withKey(String key) {
    return "{'records':[{'data':0}],'idempotency_key':'" + key + "'}";
  }
}
