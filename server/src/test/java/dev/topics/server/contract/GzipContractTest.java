package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.1: packed requests and answers, and bodies that are too large.
class GzipContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- requests

  @Test
  void aPackedBodyIsUnpacked() {
    String topic = server.topic("{}");
    Request write = server.request("POST", "/v0/topics/" + topic).json(Json.write("[1]", "[2]"));
    write.gzipped().send().is(200).has("/count", 2);
    Request diff = server.request("POST", "/v0/topics/" + topic + "/diff").json("{'limit':1}");
    assertThat(diff.gzipped().send().is(200).data()).containsExactly("[1]");
    Request put = server.request("PUT", "/v0/topics/" + topic).json("{'cap_records':9}");
    put.gzipped().send().is(200).has("/config/cap_records", 9);
  }

  @Test
  void theNameOfTheCodingHasNoCase() {
    Request write = server.request("POST", "/v0/topics/" + server.name());
    write.header("Content-Encoding", "GZIP").rawJson(Request.gzip(utf8(Json.write("1"))));
    write.send().is(201);
  }

  @Test
  void aBodyMayBePackedInSeveralMembers() {
    String topic = server.name();
    byte[] first = Request.gzip(utf8("{\"records\":["));
    byte[] second = Request.gzip(utf8("{\"data\":7}]}"));
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    gzip(topic, both).is(201);
    assertThat(server.diff(topic, 0).data()).containsExactly("7");
  }

  @Test
  void aBodyThatIsNotWhatItsCodingSaysIsInvalidAndHasNoEffect() {
    byte[] packed = Request.gzip(utf8(Json.write("1", "2", "3")));
    byte[] flipped = packed.clone();
    flipped[packed.length - 6] ^= 1;
    String topic = server.topic("{}");
    server.unchanged(topic, () -> gzip(topic, utf8(Json.write("1")))).invalid();
    server.unchanged(topic, () -> gzip(topic, flipped)).invalid();
    for (int length = 1; length < packed.length; length += 5) {
      byte[] cut = Arrays.copyOf(packed, length);
      server.unchanged(topic, () -> gzip(topic, cut)).invalid();
    }
  }

  @Test
  void theCodingIdentityIsNoCoding() {
    Request write = server.request("POST", "/v0/topics/" + server.name()).json(Json.write("1"));
    write.header("Content-Encoding", "identity").send().is(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"deflate", "br", "zstd", "gzip, gzip", "identity, gzip", "x"})
  void anotherCodingIsUnsupported(String coding) {
    String topic = server.topic("{}");
    Request write = server.request("POST", "/v0/topics/" + topic).json(Json.write("1"));
    write.header("Content-Encoding", coding);
    server.unchanged(topic, write::send).refused(415, "unsupported_media_type").saying("gzip");
  }

  @Test
  void aBombIsTooLarge() {
    byte[] zeros = Request.gzip(new byte[70 << 20]);
    assertThat(zeros.length).isLessThan(100_000);
    String topic = server.topic("{}");
    server.unchanged(topic, () -> gzip(topic, zeros)).refused(413, "payload_too_large");
    byte[] nested = Request.gzip(zeros);
    server.unchanged(topic, () -> gzip(topic, nested)).invalid();
  }

  @Test
  void aBodyBeyondTheLimitIsTooLargeBeforeItIsSent() {
    try (Wire wire = server.connect()) {
      wire.send(jsonTo("huge").header("Content-Length", "" + ((64 << 20) + 1)).bytes());
      wire.read().refused(413, "payload_too_large");
    }
    assertThat(server.exists("huge")).isFalse();
  }

  @Test
  void aBodyThatGrowsBeyondTheLimitInChunksIsTooLarge() {
    byte[] chunk = new byte[(1 << 20) + 10];
    Arrays.fill(chunk, (byte) ' ');
    System.arraycopy(utf8("100000\r\n"), 0, chunk, 0, 8);
    System.arraycopy(utf8("\r\n"), 0, chunk, chunk.length - 2, 2);
    try (Wire wire = server.connect()) {
      wire.send(jsonTo("huge").header("Transfer-Encoding", "chunked").bytes());
      for (int i = 0; i < 65; i++) {
        wire.sendUntilClosed(chunk);
      }
      wire.read().refused(413, "payload_too_large");
    }
    assertThat(server.exists("huge")).isFalse();
  }

  @Test
  void sixtyFourMebibytesAreJustAccepted() {
    byte[] body = new byte[64 << 20];
    Arrays.fill(body, (byte) ' ');
    byte[] json = utf8(Json.write("1"));
    System.arraycopy(json, 0, body, 0, json.length);
    server.request("POST", "/v0/topics/" + server.name()).rawJson(body).send().is(201);
  }

  // ---- answers

  @Test
  void anAnswerOfMoreThanAKibibyteIsPackedForWhoeverTakesIt() {
    String topic = server.topic("{}");
    server.append(topic, "\"" + "x".repeat(1024) + "\"").is(200);
    Answer plain = diff(topic, "gzip");
    assertThat(plain.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(plain.header("Vary").toLowerCase(Locale.ROOT)).contains("accept-encoding");
    plain.gunzipped().is(200).hasRaw("/records/0/data", "\"" + "x".repeat(1024) + "\"");
  }

  @Test
  void aSmallAnswerIsNotPacked() {
    Answer answer = diff(server.topicOf(1), "gzip");
    assertThat(answer.bytes().length).isLessThan(1024);
    assertThat(answer.is(200).header("Content-Encoding")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "GZIP | true",
        "deflate, gzip;q=0.5 | true",
        "br, deflate, gzip | true",
        "gzip;q=0 | false",
        "gzip;q=0.0, * | false",
        "*;q=0 | false",
        "identity | false",
        "br | false",
        "xgzip | false"
      })
  void onlyAClientThatAcceptsGzipGetsIt(String accept, boolean packed) {
    String topic = server.topic("{}");
    server.append(topic, "\"" + "x".repeat(4096) + "\"").is(200);
    Answer answer = diff(topic, accept);
    assertThat(answer.header("Content-Encoding")).isEqualTo(packed ? "gzip" : "");
  }

  @Test
  void withoutAcceptEncodingNothingIsPacked() {
    String topic = server.topic("{}");
    server.append(topic, "\"" + "x".repeat(100_000) + "\"").is(200);
    Answer answer = server.diff(topic, 0);
    assertThat(answer.header("Content-Encoding")).isEmpty();
    assertThat(answer.bytes().length).isGreaterThan(100_000);
  }

  /// The head of a write whose body is sent apart.
  private static Request jsonTo(String topic) {
    return server.request("POST", "/v0/topics/" + topic).header("Content-Type", "application/json");
  }

  private static Answer gzip(String topic, byte[] packed) {
    Request write = server.request("POST", "/v0/topics/" + topic).rawJson(packed);
    return write.header("Content-Encoding", "gzip").send();
  }

  private static Answer diff(String topic, String accept) {
    Request diff = server.request("POST", "/v0/topics/" + topic + "/diff");
    return diff.header("Accept-Encoding", accept).json("{}").send();
  }

  private static byte[] utf8(String text) {
    return ContractServer.utf8(text);
  }
}
