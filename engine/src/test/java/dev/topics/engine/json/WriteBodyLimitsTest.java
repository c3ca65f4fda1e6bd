package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.json.WriteBody.Accepted;
import dev.topics.engine.json.WriteBody.Code;
import dev.topics.engine.json.WriteBody.Rejected;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteBodyLimitsTest {
  private final WriteBody write = new WriteBody(WriteLimits.DEFAULT);

  @Test
  void tenThousandRecordsAreABatchAndOneMoreIsTooLarge() {
    assertThat(decode("{\"records\":[" + "{\"data\":1},".repeat(9_999) + "{\"data\":2}]}"))
        .isInstanceOf(Accepted.class);
    assertThat(write.count()).isEqualTo(10_000);
    assertThat(write.dataBytes(9_999)).isEqualTo(1);

    Rejected rejected =
        reject("{\"records\":[" + "{\"data\":1},".repeat(10_000) + "{\"data\":2}]}");
    assertThat(rejected.code()).isEqualTo(Code.BATCH_TOO_LARGE);
    assertThat(rejected.detail()).isEqualTo(Map.of("field", "records", "max", 10_000));
    assertThat(rejected.message()).contains("10000 records");
  }

  @Test
  void aRecordIsMeasuredByItsDataAndMetaWithoutWhitespace() {
    int max = WriteLimits.DEFAULT.maxRecordBytes();
    String meta = "{ \"k\" :  \"v\" }";
    String data = "\"" + "x".repeat(max - 2 - "{\"k\":\"v\"}".length()) + "\"";
    assertThat(decode(record("\"data\":   %s  ,\"meta\": %s ".formatted(data, meta))))
        .isInstanceOf(Accepted.class);
    assertThat(write.dataBytes(0) + write.metaBytes(0)).isEqualTo(max);

    Rejected rejected =
        reject(record("\"meta\":%s,\"data\":%s".formatted(meta, data.replace("\"x", "\"xx"))));
    assertThat(rejected.code()).isEqualTo(Code.RECORD_TOO_LARGE);
    assertThat(rejected.message())
        .isEqualTo(
            "records[0] has %d bytes of data and meta; at most %d are allowed"
                .formatted(max + 1, max));
    assertThat(rejected.detail())
        .isEqualTo(Map.of("field", "records[0]", "max", max, "bytes", (long) max + 1));
  }

  @Test
  void tagsAndNodesDoNotCountAsRecordBytes() {
    int max = WriteLimits.DEFAULT.maxRecordBytes();
    String data = "\"" + "x".repeat(max - 2) + "\"";
    assertThat(decode(record("\"data\":%s,\"tag\":\"t\",\"node\":\"n\"".formatted(data))))
        .isInstanceOf(Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "€", "😀", "\\u0041", "\\n", "\\u00e9", "\\ud83d\\ude00"})
  void tagsAndNodesAreMeasuredAsDecodedUtf8(String character) {
    byte[] one = JsonTree.parse("\"" + character + "\"").string().getBytes(UTF_8);
    assertLimit("tag", character, 256 / one.length);
    assertLimit("node", character, 128 / one.length);
  }

  private void assertLimit(String field, String character, int most) {
    int max = field.equals("tag") ? 256 : 128;
    String fits = "\"%s\":\"%s\"".formatted(field, character.repeat(most));
    String tooLong = "\"%s\":\"%s\"".formatted(field, character.repeat(most + 1));
    assertThat(decode(record("\"data\":1," + fits))).isInstanceOf(Accepted.class);
    Rejected rejected = reject(record("\"data\":1," + tooLong));
    assertThat(rejected.code()).isEqualTo(Code.INVALID_REQUEST);
    assertThat(rejected.message())
        .isEqualTo("records[0].%s has more than %d bytes".formatted(field, max));
    assertThat(rejected.detail()).isEqualTo(Map.of("field", "records[0]." + field, "max", max));
  }

  @Test
  void theNodeOfTheBatchHasTheSameLimit() {
    Rejected rejected = reject("{\"records\":[{\"data\":1}],\"node\":\"" + "n".repeat(129) + "\"}");
    assertThat(rejected.message()).isEqualTo("node has more than 128 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", "é", "😀", "\\ud83d\\ude00", "\\n"})
  void idempotencyKeysAreMeasuredInCharacters(String character) {
    String body = "{\"records\":[{\"data\":1}],\"idempotency_key\":\"%s\"}";
    assertThat(decode(body.formatted(character.repeat(256)))).isInstanceOf(Accepted.class);
    assertThat(reject(body.formatted(character.repeat(257))).message())
        .isEqualTo("idempotency_key has more than 256 characters");
    assertThat(reject(body.formatted(character.repeat(100_000))).message())
        .isEqualTo("idempotency_key has more than 256 characters");
  }

  @Test
  void metaHasAtMost64Keys() {
    assertThat(decode(record("\"data\":1,\"meta\":" + meta(64)))).isInstanceOf(Accepted.class);
    assertThat(reject(record("\"data\":1,\"meta\":" + meta(65))).message())
        .isEqualTo("records[0].meta has more than 64 keys");
  }

  @Test
  void keysInsideOfMetaValuesDoNotCount() {
    assertThat(
            decode(record("\"data\":1,\"meta\":{\"a\":%s,\"b\":%s}".formatted(meta(64), meta(64)))))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void metaIsMeasuredWithoutWhitespace() {
    String meta = "{ \"k\" : \"%s\" }";
    int content = (16 << 10) - "{\"k\":\"\"}".length();
    assertThat(decode(record("\"data\":1,\"meta\":" + meta.formatted("v".repeat(content)))))
        .isInstanceOf(Accepted.class);
    assertThat(write.metaBytes(0)).isEqualTo(16 << 10);
    assertThat(
            reject(record("\"data\":1,\"meta\":" + meta.formatted("v".repeat(content + 1))))
                .message())
        .isEqualTo("records[0].meta has more than 16384 bytes");
  }

  @Test
  void limitsAreThoseOfTheConfiguration() {
    WriteBody small = new WriteBody(new WriteLimits(1, 5, 2, 1, 1));
    assertThat(small.limits().maxRecords()).isEqualTo(1);
    assertThat(
            decode(
                small, "{\"records\":[{\"data\":123,\"meta\":{},\"tag\":\"t\",\"node\":\"n\"}]}"))
        .isInstanceOf(Accepted.class);
    assertThat(decode(small, "{\"records\":[{\"data\":1},{\"data\":1}]}"))
        .isInstanceOfSatisfying(
            Rejected.class, r -> assertThat(r.code()).isEqualTo(Code.BATCH_TOO_LARGE));
    assertThat(decode(small, "{\"records\":[{\"data\":123456}]}"))
        .isInstanceOfSatisfying(
            Rejected.class, r -> assertThat(r.code()).isEqualTo(Code.RECORD_TOO_LARGE));
  }

  @Test
  void limitsThatAllowNothingAreRefused() {
    assertThatThrownBy(() -> new WriteLimits(0, 1, 1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WriteLimits(1, 1, 1, 1, WriteLimits.NODE_BYTES_MAX + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WriteLimits(1, 1, 1, WriteLimits.TAG_BYTES_MAX + 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WriteLimits(1, 1, -1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String meta(int keys) {
    return IntStream.range(0, keys)
        .mapToObj(i -> "\"k" + i + "\":\"v\"")
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String record(String members) {
    return "{\"records\":[{" + members + "}]}";
  }

  private Rejected reject(String body) {
    return (Rejected) decode(body);
  }

  private WriteBody.Outcome decode(String body) {
    return decode(write, body);
  }

  private static WriteBody.Outcome decode(WriteBody write, String body) {
    byte[] source = body.getBytes(UTF_8);
    return write.decode(source, 0, source.length);
  }
}
