package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.RawClient.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Request bodies take no more memory together than they may.
final class BodyBudgetTest {
  private static final int BODIES_BYTES_MAX = 1 << 20;
  private static final int BODY_BYTES = 700_000;

  private static String head() {
    return "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        + BODY_BYTES
        + "\r\n\r\n";
  }

  private static TestServer server() throws IOException {
    return new TestServer(
        new HttpOptions(
            "127.0.0.1",
            0,
            1 << 20,
            BODIES_BYTES_MAX,
            1 << 20,
            16 << 10,
            128,
            10_000,
            30_000,
            120_000,
            30_000,
            10_000));
  }

  @Test
  void allBodiesTogetherLeaveHalfOfTheHeap() {
    long body = 64L << 20;
    assertThat(HttpOptions.bodiesBytesMax(body, 128L << 20)).isEqualTo(64L << 20);
    assertThat(HttpOptions.bodiesBytesMax(body, 400L << 20)).isEqualTo(128L << 20);
    assertThat(HttpOptions.bodiesBytesMax(body, 8L << 30)).isEqualTo(2L << 30);
  }

  @Test
  void bodiesThatWaitBehindOthersCountToo() throws Exception {
    try (TestServer server = server();
        RawClient client = server.connect()) {
      client.send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n" + small(5000) + small(3000));
      var held = server.held.take();
      server.awaitBodyBytesHeld(8000);
      held.complete("");
      for (int i = 0; i < 3; i++) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      server.awaitBodyBytesHeld(0);
    }
  }

  private static String small(int bytes) {
    return "POST /length HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        + bytes
        + "\r\n\r\n"
        + "1".repeat(bytes);
  }

  @Test
  void thePiecesOfABodyAndTheWholeCountTogether() throws IOException {
    try (TestServer server = server();
        RawClient client = server.connect()) {
      String head =
          String.join(
              "\r\n",
              "POST /length HTTP/1.1",
              "Host: a",
              "Content-Type: application/json",
              "Transfer-Encoding: chunked",
              "",
              "");
      String chunk = Integer.toHexString(BODY_BYTES) + "\r\n" + "1".repeat(BODY_BYTES) + "\r\n";
      Reply refused = client.send(head + chunk + "0\r\n\r\n").read();
      assertThat(refused.status()).isEqualTo(429);
      server.awaitBodyBytesHeld(0);
    }
  }

  @Test
  void aBodyThatDoesNotFitBesideTheOthersIsThrottledUntilTheyAreGone() throws IOException {
    try (TestServer server = server();
        RawClient first = server.connect();
        RawClient refused = server.connect();
        RawClient later = server.connect()) {
      String body = "1".repeat(BODY_BYTES);
      first.send(head() + body.substring(1));
      TestServer.awaitTrue("bodies", () -> server.bodyBytesHeld() >= BODY_BYTES);
      Reply throttled = refused.send(head() + body).read();
      assertThat(throttled.status()).isEqualTo(429);
      assertThat(throttled.text()).contains("\"code\":\"throttled\"", "\"retry_after_ms\":1000");
      assertThat(throttled.header("retry-after")).isEqualTo("1");
      assertThat(first.send("1").read().status()).isEqualTo(200);
      assertThat(later.send(head() + body).read().status()).isEqualTo(200);
      server.awaitBodyBytesHeld(0);
    }
  }

  // ---- messages of WebSockets

  private static RawClient socket(TestServer server) throws IOException {
    RawClient client = server.connect();
    client.sendLines(
        "GET /socket HTTP/1.1",
        "Host: a",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "");
    assertThat(client.readHead().status()).isEqualTo(101);
    return client;
  }

  /// A frame with a mask of zeros, of which only `sent` bytes of the payload are there.
  private static byte[] frame(int firstByte, int bytes, int sent) {
    return ByteBuffer.allocate(14 + sent)
        .put((byte) firstByte)
        .put((byte) 0xff)
        .putLong(bytes)
        .putInt(0)
        .put("1".repeat(sent).getBytes(StandardCharsets.US_ASCII))
        .array();
  }

  /// Reads a message; of a close frame its code.
  private static String message(RawClient client) throws IOException {
    byte[] head = client.readBytes(2);
    byte[] payload = client.readBytes(head[1]);
    boolean close = (head[0] & 15) == WebSocket.CLOSE;
    return close
        ? "close " + ByteBuffer.wrap(payload).getShort()
        : new String(payload, StandardCharsets.US_ASCII);
  }

  @Test
  void aMessageInFragmentsCountsUntilItsEnd() throws IOException {
    try (TestServer server = server();
        RawClient first = socket(server);
        RawClient second = socket(server)) {
      first.send(frame(0x01, 400_000, 400_000));
      server.awaitBodyBytesHeld(400_000);
      second.send(frame(0x01, 270_000, 270_000)).send(frame(0x80, 270_000, 270_000));
      assertThat(message(second)).isEqualTo("throttled");
      server.awaitBodyBytesHeld(400_000);
      first.send(frame(0x80, 70_000, 70_000));
      assertThat(message(first)).isEqualTo("470000");
      server.awaitBodyBytesHeld(0);
      second.send(frame(0x81, 400_000, 400_000));
      assertThat(message(second)).isEqualTo("400000");
      server.awaitBodyBytesHeld(0);
    }
  }

  @Test
  void aFrameThatIsNotWholeCountsAndOneForWhichThereIsNoRoomEndsItsSocket() throws IOException {
    try (TestServer server = server();
        RawClient first = socket(server)) {
      first.send(frame(0x81, 450_000, 449_999));
      TestServer.awaitTrue("bodies", () -> server.bodyBytesHeld() >= 449_999);
      try (RawClient second = socket(server)) {
        second.send(frame(0x81, BODY_BYTES, BODY_BYTES - 1));
        assertThat(message(second)).isEqualTo("throttled");
        assertThat(message(second)).isEqualTo("close " + WebSocket.COME_AGAIN);
        assertThat(second.isClosedByServer()).isTrue();
      }
      TestServer.awaitTrue("bodies", () -> server.bodyBytesHeld() <= 450_000);
      first.send("1");
      assertThat(message(first)).isEqualTo("450000");
      TestServer.awaitTrue("bodies", () -> server.bodyBytesHeld() <= 0);
    }
  }
}
