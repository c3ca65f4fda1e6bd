package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.5: what is written comes back byte for byte, and what `$` means.
class VerbatimContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  static List<String> values() {
    return List.of(
        "null",
        "true",
        "false",
        "\"\"",
        "{}",
        "[]",
        "0",
        "-0",
        "-0.0",
        "0.1000",
        "1.0",
        "1E+2",
        "1e-7",
        "1E400",
        "-1e-999",
        "9007199254740993",
        "12345678901234567890123",
        "-123456789012345678901234567890.000000000000000000000000000001",
        "[[],{},[{}]]",
        "{\"b\":1,\"a\":2,\"b\":3,\"\":4}",
        "{\"\\u0061\":1,\"a\":2}",
        "\"\\u0041\\u00e9\\n\\/\\\\\\\"\\b\\f\\r\\t\"",
        "\"\\u0000\\u001F\\u007f\"",
        "\"\\uD83D\\uDE00 \\ud83d\\ude00\"",
        "\"é ü ß 漢字 😀 \u2028 \u2029 \uFFFD \uFFFF \u007F\"",
        "\"  inner  spaces  stay  \"",
        "\"// no comment /* none */ , : [ ] { }\"",
        "\"ends with a backslash \\\\\"",
        "{\"$seq\":99,\"$ts\":-1,\"$node\":\"x\",\"data\":{\"data\":[]},\"meta\":null}",
        "{\"<script>\":\"&amp;</script>\"}",
        "[1,2.50,\"x\",null,true,{\"k\":[{\"k\":{}}]}]");
  }

  @ParameterizedTest
  @MethodSource("values")
  void dataIsReturnedAsItWasSent(String value) {
    String topic = server.topic("{}");
    write(topic, "{\"records\":[{\"data\":" + value + "}]}").is(200);
    server.diff(topic, 0).hasRaw("/records/0/data", value);
    assertThat(server.state(topic).number("/bytes")).isEqualTo(utf8(value).length);
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesInMetaAreReturnedAsTheyWereSent(String value) {
    String topic = server.topic("{}");
    String meta = "{\"z\":" + value + ",\"a\":\"text\",\"z\":1}";
    write(topic, "{\"records\":[{\"meta\":" + meta + ",\"data\":1}]}").is(200);
    server.diff(topic, 0).hasRaw("/records/0/meta", meta).hasRaw("/records/0/data", "1");
  }

  @Test
  void onlyWhitespaceOutsideOfStringsIsRemoved() {
    String topic = server.topic("{}");
    String spaced = " \t\r\n{ \"a b\" :\t[ 1 ,\n2 , \" x \\t y \" ] ,\r\n\"\\\" \" : { } }\n ";
    write(topic, "{\"records\" : [ {\"data\":" + spaced + ",\"meta\":" + spaced + "} ] }\n")
        .is(200);
    String compact = "{\"a b\":[1,2,\" x \\t y \"],\"\\\" \":{}}";
    Answer diff = server.diff(topic, 0);
    diff.hasRaw("/records/0/data", compact).hasRaw("/records/0/meta", compact);
    assertThat(server.state(topic).number("/bytes")).isEqualTo(2L * compact.length());
  }

  @Test
  void manyRecordsKeepTheirOwnBytes() {
    String topic = server.topic("{}");
    server.append(topic, values().toArray(String[]::new)).is(200);
    Answer diff = server.diff(topic, 0);
    for (int i = 0; i < values().size(); i++) {
      diff.hasRaw("/records/" + i + "/data", values().get(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ephemeral", "memory", "disk", "fsync"})
  void everyClassReturnsTheSameBytes(String durability) {
    String topic = server.topic("{'durability':'" + durability + "'}");
    server.append(topic, values().toArray(String[]::new)).is(200);
    Answer diff = server.diff(topic, 0);
    for (int i = 0; i < values().size(); i++) {
      diff.hasRaw("/records/" + i + "/data", values().get(i));
    }
  }

  @Test
  void longTextOfEveryLengthIsKept() {
    String topic = server.topic("{}");
    for (int length : new int[] {1, 7, 8, 9, 63, 64, 65, 4095, 4096, 65_537, 900_000}) {
      String text = "\"" + "x".repeat(length) + "é😀".repeat(Math.min(1000, length)) + "\"";
      long seq = server.append(topic, text).is(200).number("/last_seq");
      server.diff(topic, seq - 1).hasRaw("/records/0/data", text);
    }
  }

  @Test
  void deeplyNestedDataIsKept() {
    String topic = server.topic("{}");
    String nested = "[".repeat(100) + "{\"x\":1}" + "]".repeat(100);
    server.append(topic, nested).is(200);
    server.diff(topic, 0).hasRaw("/records/0/data", nested);
  }

  @Test
  void dataNestedBeyondAllReasonIsInvalid() {
    String topic = server.topic("{}");
    for (int depth : new int[] {200, 1_000, 500_000}) {
      String closed = Json.write("[".repeat(depth) + "]".repeat(depth));
      server.unchanged(topic, () -> server.post("/v0/topics/" + topic, closed)).invalid();
      String open = "{\"records\":[{\"data\":" + "{\"a\":".repeat(depth);
      server.unchanged(topic, () -> server.post("/v0/topics/" + topic, open)).invalid();
    }
  }

  // ---- the `$` convention

  @Test
  void tagsAndNodesComeBackWithADollar() {
    String topic = server.topic("{}");
    String records = "{'records':[{'data':1,'tag':'t','node':'n','meta':{'k':'v'}},{'data':2}]}";
    server.post("/v0/topics/" + topic, records).is(200);
    Answer diff = server.diff(topic, "{'include_tags':true}").is(200);
    diff.hasExactly("/records/0", "$seq", "$ts", "$node", "$tag", "meta", "data");
    diff.has("/records/0/$seq", 1).has("/records/0/$node", "n").has("/records/0/$tag", "t");
    diff.hasJson("/records/0/meta", "{'k':'v'}").has("/records/0/data", 1);
  }

  @Test
  void whatARecordDoesNotHaveIsAbsentAndNeverNull() {
    String topic = server.topic("{}");
    server.append(topic, "null").is(200);
    Answer diff = server.diff(topic, "{'include_tags':true}").is(200);
    diff.hasExactly("/records/0", "$seq", "$ts", "data").hasNull("/records/0/data");
  }

  @Test
  void tagsAndNodesMayHoldAnyText() {
    String topic = server.topic("{}");
    String text = "\\\"\\\\\\u0000\\n é 😀 \\ud83d\\ude00 </x>";
    String field = "\"" + text + "\"";
    write(topic, "{\"records\":[{\"data\":1,\"tag\":" + field + ",\"node\":" + field + "}]}")
        .is(200);
    Answer diff = server.diff(topic, "{'include_tags':true}").is(200);
    String meant = "\"\\\u0000\n é 😀 😀 </x>";
    assertThat(diff.string("/records/0/$tag")).isEqualTo(meant);
    assertThat(diff.string("/records/0/$node")).isEqualTo(meant);
  }

  private static Answer write(String topic, String body) {
    return server.request("POST", "/v0/topics/" + topic).rawJson(utf8(body)).send();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
