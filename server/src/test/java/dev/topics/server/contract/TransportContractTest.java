package dev.topics.server.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// http-api §1.1: connections and content types.
class TransportContractTest {
  @RegisterExtension static final ContractServer server = new ContractServer();

  // ---- one connection, many requests

  @Test
  void aConnectionServesOneRequestAfterAnother() {
    String topic = server.topic("{}");
    try (Wire wire = server.connect()) {
      for (int i = 1; i <= 5; i++) {
        Request write = server.request("POST", "/v0/topics/" + topic).json(Json.write("1"));
        wire.send(write.bytes()).read().is(200).has("/last_seq", i);
      }
    }
  }

  @Test
  void anHttp10RequestIsAnsweredAndTheConnectionClosed() {
    try (Wire wire = server.connect()) {
      wire.send("GET /v0/health HTTP/1.0\r\nHost: localhost\r\n\r\n").read().is(200);
      assertThat(wire.isClosedByServer()).isTrue();
    }
  }

  @Test
  void connectionCloseIsHonoured() {
    try (Wire wire = server.connect()) {
      Request last = server.request("GET", "/v0/health").header("Connection", "close");
      assertThat(wire.send(last.bytes()).read().is(200).header("Connection")).isEqualTo("close");
      assertThat(wire.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aHundredPipelinedRequestsAreAnsweredInOrder() {
    String topic = server.topic("{}");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 50; i++) {
      all.writeBytes(
          server.request("POST", "/v0/topics/" + topic).json(Json.write("" + i)).bytes());
      all.writeBytes(
          server
              .request("POST", "/v0/topics/" + topic + "/diff")
              .json("{'from_seq':" + i + "}")
              .bytes());
    }
    try (Wire wire = server.connect()) {
      wire.send(all.toByteArray());
      for (int i = 0; i < 50; i++) {
        wire.read().is(200).has("/first_seq", i + 1);
        assertThat(wire.read().is(200).seqs()).contains((long) i + 1);
      }
    }
  }

  @Test
  void aClientMayPipelineMoreThanTheServerKeepsWaiting() {
    byte[] health = server.request("GET", "/v0/health").bytes();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < 600; i++) {
      all.writeBytes(health);
    }
    try (Wire wire = server.connect()) {
      wire.send(all.toByteArray());
      for (int i = 0; i < 600; i++) {
        wire.read().is(200);
      }
    }
  }

  @Test
  void aPipelinedAnswerWaitsForTheOneBeforeIt() {
    String topic = server.topic("{'durability':'fsync'}");
    try (Wire wire = server.connect()) {
      byte[] write = server.request("POST", "/v0/topics/" + topic).json(Json.write("1")).bytes();
      byte[] health = server.request("GET", "/v0/health").bytes();
      wire.send(concat(write, health, write, health));
      wire.read().is(200).has("/first_seq", 1);
      wire.read().is(200).has("/status", "ok");
      wire.read().is(200).has("/first_seq", 2);
      wire.read().is(200).has("/status", "ok");
    }
  }

  @Test
  void aRefusalLeavesTheConnectionUsable() {
    try (Wire wire = server.connect()) {
      byte[] bad = server.request("POST", "/v0/topics/x").json("{").bytes();
      wire.send(concat(bad, server.request("GET", "/v0/health").bytes()));
      wire.read().invalid();
      wire.read().is(200);
    }
  }

  @Test
  void aBodyMayComeInChunks() {
    String topic = server.topic("{}");
    try (Wire wire = server.connect()) {
      wire.send(
          "POST /v0/topics/"
              + topic
              + " HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "B\r\n{\"records\":\r\n");
      wire.send("d;ext=1\r\n[{\"data\":42}]\r\n1\r\n}\r\n0\r\n\r\n").read().is(200);
    }
    assertThat(server.diff(topic, 0).data()).containsExactly("42");
  }

  @Test
  void aClientThatExpectsContinueIsToldToGoOn() {
    String topic = server.topic("{}");
    try (Wire wire = server.connect()) {
      String body = Json.write("1");
      wire.send(
          "POST /v0/topics/"
              + topic
              + " HTTP/1.1\r\nHost: localhost\r\n"
              + "Content-Type: application/json\r\nContent-Length: "
              + body.length()
              + "\r\nExpect: 100-continue\r\n\r\n");
      assertThat(wire.readHead().status()).isEqualTo(100);
      wire.send(body).read().is(200);
    }
  }

  @Test
  void headAnswersAsGetWithoutTheBody() {
    try (Wire wire = server.connect()) {
      byte[] head = server.request("HEAD", "/v0/health").bytes();
      wire.send(concat(head, server.request("GET", "/v0/health").bytes()));
      assertThat(wire.readHead().status()).isEqualTo(200);
      wire.read().is(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        GET /v0/health HTTP/1.1

        """,
        """
        GET /v0/health
        Host: localhost

        """,
        """
        GET /v0/health HTTP/1.1
        Host: localhost
        Bad Name: x

        """,
        """
        POST /v0/topics/x HTTP/1.1
        Host: localhost
        Content-Length: 2
        Content-Length: 3

        {}\
        """,
        """
        POST /v0/topics/x HTTP/1.1
        Host: localhost
        Content-Length: -1

        """,
        """
        POST /v0/topics/x HTTP/1.1
        Host: localhost
        Content-Length: 5
        Transfer-Encoding: chunked

        0

        """,
        """
        POST /v0/topics/x HTTP/1.1
        Host: localhost
        Content-Type: application/json
        Transfer-Encoding: chunked

        xyz
        """
      })
  void aRequestThatIsNotHttpIsInvalidAndEndsTheConnection(String request) {
    try (Wire wire = server.connect()) {
      wire.send(request.replace("\n", "\r\n")).read().invalid();
      assertThat(wire.isClosedByServer()).isTrue();
    }
    assertThat(server.exists("x")).isFalse();
  }

  // ---- content types

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json ; charset=\"utf-8\"",
        "APPLICATION/JSON; CHARSET=UTF-8; x=y"
      })
  void jsonMayBeAnnouncedInAnyCaseAndWithParameters(String type) {
    Request write = server.request("POST", "/v0/topics/" + server.topic("{}"));
    write.header("Content-Type", type).body(Json.write("1")).send().is(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonp",
        "application/json-patch+json",
        "application/vnd.api+json",
        "json",
        "multipart/form-data; boundary=application/json"
      })
  void anyOtherTypeOfBodyIsUnsupported(String type) {
    for (String path : new String[] {"", "/diff", "/delete"}) {
      String topic = server.topic("{}");
      Request request = server.request("POST", "/v0/topics/" + topic + path);
      request.header("Content-Type", type).body(Json.write("1"));
      server.unchanged(topic, request::send).refused(415, "unsupported_media_type");
    }
  }

  @Test
  void aBodyWithoutATypeIsUnsupportedAndTheMessageSaysWhatToDo() {
    String topic = server.name();
    Request write = server.request("POST", "/v0/topics/" + topic).body(Json.write("1"));
    write.send().refused(415, "unsupported_media_type").saying("application/json", "--json");
    Request put = server.request("PUT", "/v0/topics/" + topic).body("{}");
    put.send().refused(415, "unsupported_media_type");
    assertThat(server.exists(topic)).isFalse();
  }

  @Test
  void anOptionalBodyMayBeAbsentOrEmptyWithoutAType() {
    String topic = server.name();
    server.request("PUT", "/v0/topics/" + topic).send().is(201);
    server.request("PUT", "/v0/topics/" + topic).body("").send().is(200);
    server.request("POST", "/v0/topics/" + topic + "/diff").send().is(200);
    server.request("POST", "/v0/topics/" + topic + "/diff").body("").send().is(200);
    server.request("POST", "/v0/topics/" + topic + "/diff").json("").send().is(200);
  }

  @Test
  void aBodyThatIsNeededMayNotBeEmpty() {
    String topic = server.topic("{}");
    server.request("POST", "/v0/topics/" + topic).json("").send().invalid();
    server.request("POST", "/v0/topics/" + topic + "/delete").json("").send().invalid();
  }

  @Test
  void everyPlainAnswerIsJsonAndMetricsAreText() {
    String topic = server.topic("{}");
    server.get("/v0/topics").is(200);
    server.get("/v0/topics/" + topic).is(200);
    server.diff(topic, "{}").is(200);
    server.deleteRecords(topic, "{'before_seq':1}").is(200);
    server.delete("/v0/topics/" + topic).is(200);
    assertThat(server.get("/v0/metrics").header("Content-Type")).startsWith("text/plain");
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
