package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;

/// What the server answered, and what a test has to say about it.
final class Answer {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  /// @param headers found without regard to case
  Answer(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  int status() {
    return status;
  }

  /// The header field `name`, or "".
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  byte[] bytes() {
    return body.clone();
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  JsonNode json() {
    return Json.tree(body);
  }

  /// The same answer with its body unpacked.
  Answer gunzipped() {
    assertThat(header("Content-Encoding")).isEqualTo("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      return new Answer(status, headers, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- what it must be

  /// A success in JSON.
  Answer is(int expected) {
    assertThat(status).as("status of %s", text()).isEqualTo(expected);
    assertThat(header("Content-Type")).startsWith("application/json");
    assertThat(json().has("error")).as("a top-level error in %s", text()).isFalse();
    return timed();
  }

  /// A refusal of exactly the shape that the contract gives errors.
  Answer refused(int expected, String code) {
    assertThat(status).as("status of %s", text()).isEqualTo(expected);
    assertThat(header("Content-Type")).startsWith("application/json");
    hasExactly("", "error", "performance").hasExactly("/error", "code", "message", "detail");
    assertThat(at("/error/code").asString()).as(text()).isEqualTo(code);
    assertThat(at("/error/message").isString()).as(text()).isTrue();
    assertThat(at("/error/message").asString()).isNotBlank();
    assertThat(at("/error/detail").isObject()).as(text()).isTrue();
    assertThat(text()).doesNotContain("Exception", "\\tat ", "java.", ".java");
    return timed();
  }

  /// A `400 invalid_request`.
  Answer invalid() {
    return refused(400, "invalid_request");
  }

  /// The message of the error holds all of `words`.
  Answer saying(String... words) {
    assertThat(at("/error/message").asString()).contains(words);
    return this;
  }

  /// The error has exactly this message and this detail, both given with single quotes.
  Answer telling(String message, String detail) {
    assertThat(at("/error/message").asString()).isEqualTo(Json.json(message));
    return hasJson("/error/detail", detail);
  }

  /// The value at `pointer` is what `expected` looks like in JSON, type and all.
  Answer has(String pointer, Object expected) {
    assertThat(at(pointer).toString()).as("%s of %s", pointer, text()).isEqualTo(Json.of(expected));
    return this;
  }

  /// The value at `pointer` is JSON `null`, and there.
  Answer hasNull(String pointer) {
    assertThat(at(pointer).isNull()).as("%s of %s", pointer, text()).isTrue();
    return this;
  }

  /// The value at `pointer` equals the JSON `expected`, given with single quotes.
  Answer hasJson(String pointer, String expected) {
    assertThat(at(pointer)).as("%s of %s", pointer, text()).isEqualTo(Json.tree(expected));
    return this;
  }

  /// The value at `pointer` has these bytes.
  Answer hasRaw(String pointer, String expected) {
    assertThat(Json.raw(body, pointer)).as("%s of %s", pointer, text()).isEqualTo(expected);
    return this;
  }

  Answer lacks(String pointer) {
    assertThat(at(pointer).isMissingNode()).as("%s of %s", pointer, text()).isTrue();
    return this;
  }

  /// The object at `pointer` has these fields and no other.
  Answer hasExactly(String pointer, String... fields) {
    assertThat(at(pointer).propertyNames())
        .as("fields at '%s' of %s", pointer, text())
        .containsExactlyInAnyOrder(fields);
    return this;
  }

  private Answer timed() {
    JsonNode millis = at("/performance/server_total_ms");
    assertThat(millis.isNumber()).as("server_total_ms in %s", text()).isTrue();
    assertThat(millis.asDouble()).isBetween(0.0, 60_000.0);
    return this;
  }

  // ---- what is in it

  JsonNode at(String pointer) {
    return json().at(pointer);
  }

  /// The integer at `pointer`.
  long number(String pointer) {
    assertThat(at(pointer).isIntegralNumber()).as("%s of %s", pointer, text()).isTrue();
    return at(pointer).longValue();
  }

  String string(String pointer) {
    assertThat(at(pointer).isString()).as("%s of %s", pointer, text()).isTrue();
    return at(pointer).stringValue();
  }

  /// The seqs of the records of a diff.
  List<Long> seqs() {
    List<Long> seqs = new ArrayList<>();
    at("/records").forEach(record -> seqs.add(record.get("$seq").longValue()));
    return seqs;
  }

  /// The `data` of the records of a diff, as compact JSON.
  List<String> data() {
    List<String> data = new ArrayList<>();
    at("/records").forEach(record -> data.add(record.get("data").toString()));
    return data;
  }

  @Override
  public String toString() {
    return status + " " + headers + " " + text();
  }
}
