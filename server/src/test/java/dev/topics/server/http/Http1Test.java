package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.RawClient.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests and answers of HTTP/1.1 over real sockets, with each of the two decoders.
@ParameterizedClass
@ValueSource(booleans = {true, false})
final class Http1Test {
  /// Takes a connection away from the decoder of plain requests.
  private static final String NOT_PLAIN = "GET /health HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n";

  private static final String JSON = "Content-Type: application/json\r\n";

  @Parameter private boolean plain;

  @RegisterExtension private final TestServer server = new TestServer();

  @AfterEach
  void noBodyIsLeft() {
    server.awaitBodyBytesHeld(0);
  }

  private RawClient connect() throws IOException {
    RawClient client = server.connect();
    if (!plain) {
      client.send(NOT_PLAIN).read();
    }
    return client;
  }

  private static String post(String path, String body) {
    return "POST "
        + path
        + " HTTP/1.1\r\nHost: a\r\n"
        + JSON
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }

  @Test
  void aConnectionServesOneRequestAfterTheOther() throws IOException {
    try (RawClient client = connect()) {
      for (int i = 0; i < 3; i++) {
        Reply reply = client.send(post("/echo", "{\"i\":" + i + "}")).read();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("content-type")).isEqualTo("application/json");
        assertThat(reply.header("date")).endsWith("GMT");
        assertThat(reply.text()).isEqualTo("{\"i\":" + i + "}");
      }
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderEvenIfTheFirstTakesLonger() throws Exception {
    try (RawClient client = connect()) {
      client.send(get("/hold") + post("/echo", "2") + get("/items/three"));
      server.held.take().complete("one");
      assertThat(client.read().text()).isEqualTo("\"one\"");
      assertThat(client.read().text()).isEqualTo("2");
      assertThat(client.read().text()).contains("three");
    }
  }

  @Test
  void thousandsOfPipelinedRequestsBehindAHeldOneAreAllAnswered() throws Exception {
    int count = 5000;
    try (RawClient client = connect()) {
      StringBuilder all = new StringBuilder(get("/hold"));
      for (int i = 0; i < count; i++) {
        all.append(get("/items/i" + i));
      }
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(() -> {
            try {
              client.send(all.toString());
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      server.held.take().complete("go");
      assertThat(client.read().text()).isEqualTo("\"go\"");
      for (int i = 0; i < count; i++) {
        assertThat(client.read().text()).contains("\"i" + i + "\"");
      }
      sent.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aRequestThatIsNotPlainIsAnsweredEvenIfItHadToWaitForRoom() throws Exception {
    int count = 200;
    try (RawClient client = connect()) {
      client.send(get("/hold") + get("/items/x").repeat(count) + NOT_PLAIN + get("/items/last"));
      server.held.take().complete("go");
      for (int i = 0; i < 1 + count + 1; i++) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      assertThat(client.read().text()).contains("last");
    }
  }

  @Test
  void aChunkedBodyMayBeSplitAtEveryByte() throws IOException {
    String head =
        "POST /echo HTTP/1.1\r\nHost: a\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n";
    String request = head + "5;x=y\r\n{\"a\":\r\n3\r\n 1}\r\n0\r\nTrailer: t\r\n\r\n";
    for (int split = 1; split < request.length(); split++) {
      try (RawClient client = connect()) {
        client.send(request.substring(0, split)).send(request.substring(split));
        assertThat(client.read().text()).isEqualTo("{\"a\": 1}");
      }
    }
  }

  @Test
  void aRequestMayArriveByteByByte() throws IOException {
    try (RawClient client = connect()) {
      for (byte b : post("/echo", "{\"slow\":true}").getBytes(StandardCharsets.US_ASCII)) {
        client.send(new byte[] {b});
      }
      assertThat(client.read().text()).isEqualTo("{\"slow\":true}");
    }
  }

  @Test
  void aBodyOfTheLargestSizeArrivesWhole() throws IOException {
    String body = "\"" + "x".repeat((1 << 20) - 2) + "\"";
    try (RawClient client = connect()) {
      assertThat(client.send(post("/length", body)).read().text())
          .startsWith("{\"bytes\":1048576,");
      String chunked =
          "POST /length HTTP/1.1\r\nHost: a\r\n"
              + JSON
              + "Transfer-Encoding: chunked\r\n\r\n"
              + "100000\r\n"
              + body
              + "\r\n0\r\n\r\n";
      assertThat(client.send(chunked).read().text()).startsWith("{\"bytes\":1048576,");
    }
  }

  @Test
  void aBodyDeclaredTooLargeIsRefusedBeforeItArrives() throws IOException {
    try (RawClient client = connect()) {
      Reply reply =
          client
              .send("POST /echo HTTP/1.1\r\nHost: a\r\n" + JSON + "Content-Length: 1048577\r\n\r\n")
              .read();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.text()).contains("\"code\":\"payload_too_large\"");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aChunkedBodyThatGrowsTooLargeIsRefused() throws IOException {
    try (RawClient client = connect()) {
      client.send(
          "POST /echo HTTP/1.1\r\nHost: a\r\n" + JSON + "Transfer-Encoding: chunked\r\n\r\n");
      String chunk = "10000\r\n" + "1".repeat(0x10000) + "\r\n";
      for (int i = 0; i < 17; i++) {
        client.send(chunk);
      }
      assertThat(client.read().status()).isEqualTo(413);
    }
  }

  @Test
  void expectContinueIsAnsweredBeforeTheBody() throws IOException {
    String head =
        "POST /echo HTTP/1.1\r\nHost: a\r\n" + JSON + "Expect: 100-continue\r\nContent-Length: ";
    try (RawClient client = connect()) {
      assertThat(client.send(head + "4\r\n\r\n").read(false).status()).isEqualTo(100);
      assertThat(client.send("null").read().text()).isEqualTo("null");
    }
    try (RawClient client = connect()) {
      assertThat(client.send(head + "9999999\r\n\r\n").read().status()).isEqualTo(413);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void expectContinueWaitsForItsTurnBehindOtherRequests() throws Exception {
    String head =
        "POST /echo HTTP/1.1\r\nHost: a\r\n"
            + JSON
            + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n";
    try (RawClient client = connect()) {
      client.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n" + head);
      server.held.take().complete("first");
      assertThat(client.read().text()).isEqualTo("\"first\"");
      assertThat(client.read(false).status()).isEqualTo(100);
      assertThat(client.send("null").read().text()).isEqualTo("null");
    }
  }

  @Test
  void anErrorKnownFromTheHeadReadsPastASmallBody() throws IOException {
    try (RawClient client = connect()) {
      assertThat(client.send(post("/nowhere", "{}")).read().status()).isEqualTo(404);
      assertThat(client.send(post("/echo", "{}")).read().status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyThatIsNotDeclaredAsJsonGetsAHint() throws IOException {
    try (RawClient client = connect()) {
      Reply reply =
          client
              .send(
                  "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type:"
                      + " application/x-www-form-urlencoded\r\nContent-Length: 2\r\n\r\n{}")
              .read();
      assertThat(reply.status()).isEqualTo(415);
      assertThat(reply.text()).contains("unsupported_media_type", "with curl use --json");
      String upper =
          "POST /echo HTTP/1.1\r\nHost: a\r\ncontent-type: Application/JSON ; Charset=UTF-8\r\n"
              + "Content-Length: 2\r\n\r\n{}";
      assertThat(client.send(upper).read().status()).isEqualTo(200);
    }
  }

  @Test
  void anOptionalBodyMayBeMissingWithoutAHeader() throws IOException {
    try (RawClient client = connect()) {
      assertThat(client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n").read().status())
          .isEqualTo(200);
      String empty = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
      assertThat(client.send(empty).read().status()).isEqualTo(200);
      String chunked =
          "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
      assertThat(client.send(chunked).read().status()).isEqualTo(200);
      Reply required = client.send(post("/length", "")).read();
      assertThat(required.status()).isEqualTo(400);
      assertThat(required.text()).contains("body is empty");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /health HTTP/1.1\nHost: a\n\n",
        "GET /health HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nX: a\u0000b\r\n\r\n",
        "GET /health HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET /health HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET /health\r\nHost: a\r\n\r\n",
        "G(T /health HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /he\u00e9lth HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
        "POST /echo HTTP/1.1\r\nHost:a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n1",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n1",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\n1\n0\n\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n",
      })
  void malformedRequestsGetA400InJsonAndTheConnectionEnds(String request) throws IOException {
    try (RawClient client = connect()) {
      Reply reply = client.send(request).read();
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.text())
          .startsWith("{\"error\":{\"code\":\"invalid_request\",\"message\":\"")
          .contains("\"detail\":{", "\"performance\":{\"server_total_ms\":");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aHeadLongerThanTheLimitIsRefused() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET /health HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(17 << 10) + "\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(400);
    }
    try (RawClient client = connect()) {
      client.send("GET /" + "x".repeat(17 << 10) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(400);
    }
  }

  @Test
  void theAnswersBeforeAMalformedRequestAreStillGiven() throws IOException {
    try (RawClient client = connect()) {
      client.send(get("/items/one") + get("/items/two") + "nonsense\r\n\r\n");
      assertThat(client.read().text()).contains("one");
      assertThat(client.read().text()).contains("two");
      assertThat(client.read().status()).isEqualTo(400);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void httpOneZeroClosesUnlessAskedNotTo() throws IOException {
    try (RawClient client = connect()) {
      Reply reply = client.send("GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").read();
      assertThat(reply.header("connection")).isEqualTo("keep-alive");
      assertThat(client.send("GET /health HTTP/1.0\r\n\r\n").read().status()).isEqualTo(200);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientMayAskForTheConnectionToEnd() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(client.read().header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatShutsItsOutputStillGetsItsAnswers() throws Exception {
    try (RawClient client = connect()) {
      client.send(post("/echo", "1") + get("/items/x")).endOutput();
      assertThat(client.read().text()).isEqualTo("1");
      assertThat(client.read().text()).contains("x");
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatShutsItsOutputGetsTheAnswersToMoreThanMayWaitAtOnce() throws Exception {
    int count = 2000;
    try (RawClient client = connect()) {
      client.send(get("/hold") + get("/items/x").repeat(count)).endOutput();
      server.held.take().complete("go");
      for (int i = 0; i < 1 + count; i++) {
        assertThat(client.readFinal().status()).isEqualTo(200);
      }
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatShutsItsOutputGetsALongAnswerWhole() throws Exception {
    try (RawClient client = connect()) {
      client.send(get("/size/20000000")).endOutput();
      assertThat(client.read().body()).hasSize(20_000_000);
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void headIsGetWithoutTheBody() throws IOException {
    try (RawClient client = connect()) {
      Reply head = client.send("HEAD /items/x HTTP/1.1\r\nHost: a\r\n\r\n").read(false);
      Reply get = client.send(get("/items/x")).read();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-length")).isEqualTo(get.header("content-length"));
      client.send("HEAD /size/100000 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/health"));
      assertThat(client.read(false).header("content-length")).isEqualTo("100000");
      assertThat(client.read().text()).isEqualTo("{}");
    }
  }

  @Test
  void anAbsoluteTargetIsTaken() throws IOException {
    try (RawClient client = connect()) {
      client.send("GET http://a:1/items/x?n=7 HTTP/1.1\r\nHost: a:1\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("{\"name\":\"x\",\"flag\":false,\"n\":7}");
    }
  }

  @Test
  void anAnswerOfMegabytesIsWritten() throws IOException {
    try (RawClient client = connect()) {
      client.send(get("/size/5000000") + get("/size/2"));
      assertThat(client.read().body()).hasSize(5_000_000);
      assertThat(client.read().text()).isEqualTo("\"\"");
    }
  }

  @Test
  void aClientThatGoesAwayCancelsWhatItWaitsFor() throws Exception {
    try (RawClient client = connect()) {
      client.send(get("/hold"));
      server.held.take();
    }
    assertThat(server.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aFailureLetsGoOfWhatTheRequestWaitsFor() throws Exception {
    try (RawClient client = connect()) {
      client.send(get("/hold"));
      server.held.take().completeExceptionally(new IllegalStateException("a test lets it fail"));
      assertThat(client.read().status()).isEqualTo(500);
      assertThat(server.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aFailureOfTheServerGivesAnIdAndNoStackTrace() throws IOException {
    try (RawClient client = connect()) {
      Reply reply = client.send(get("/fail")).read();
      assertThat(reply.status()).isEqualTo(500);
      assertThat(reply.text())
          .matches(
              """
              \\{"error":\\{"code":"internal","message":"internal error; the server log has more \
              under ([0-9a-f]{16})","detail":\\{"error_id":"\\1"}},\
              "performance":\\{"server_total_ms":[0-9.]+}}\
              """);
      assertThat(client.send(get("/health")).read().status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerThatCannotBeWrittenEndsTheConnection() throws IOException {
    try (RawClient client = connect()) {
      assertThat(client.send(get("/unwritable")).isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClosedGateLetsOnlySomeRoutesThrough() throws IOException {
    server.closed = Problem.of(ErrorCode.NOT_READY, "recovering").retryAfterSeconds(1);
    try (RawClient client = connect()) {
      Reply reply = client.send(get("/items/x")).read();
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.header("retry-after")).isEqualTo("1");
      assertThat(client.send(get("/health")).read().status()).isEqualTo(200);
    }
  }
}
