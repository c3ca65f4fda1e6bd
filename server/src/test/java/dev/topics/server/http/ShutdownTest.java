package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.RawClient.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// How connections end when the server does, or when a client falls silent.
final class ShutdownTest {
  private static final String HOLD = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";

  @Test
  void aWaitingRequestIsAnsweredAndIdleConnectionsClose() throws Exception {
    TestServer server = new TestServer();
    try (RawClient idle = server.connect();
        RawClient waiting = server.connect()) {
      idle.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").read();
      waiting.send(HOLD);
      server.held.take();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      Reply reply = waiting.read();
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.text()).contains("\"code\":\"shutting_down\"");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(idle.isClosedByServer()).isTrue();
      assertThat(waiting.isClosedByServer()).isTrue();
      waiting.hangUp();
      closing.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aRequestBehindAWaitingOneDoesNotWaitInItsTurn() throws Exception {
    TestServer server = new TestServer();
    try (RawClient client = server.connect()) {
      client.send(HOLD + HOLD);
      server.held.take();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      assertThat(client.read().status()).isEqualTo(503);
      Reply second = client.read();
      assertThat(second.status()).isEqualTo(503);
      assertThat(second.header("connection")).isEqualTo("close");
      client.hangUp();
      closing.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void anHttp2RequestThatIsCompleteOnlyNowDoesNotWait() throws Exception {
    TestServer server = new TestServer();
    try (Http2Client client = new Http2Client(server.address());
        RawClient idle = server.connect()) {
      idle.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").read();
      Http2Client.Stream stream = client.new Stream().head("GET", "/hold", false);
      client.get("/health").get(60, TimeUnit.SECONDS);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      assertThat(idle.isClosedByServer()).isTrue();
      stream.data("", true);
      assertThat(stream.reply.get(60, TimeUnit.SECONDS).status()).isEqualTo(503);
      closing.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aBodyOnItsWayIsStillTakenWhileTheServerCloses() throws Exception {
    TestServer server = new TestServer();
    try (RawClient client = server.connect()) {
      client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").read();
      client.sendLines(
          "POST /echo HTTP/1.1",
          "Host: a",
          "Content-Type: application/json",
          "Expect: 100-continue",
          "Content-Length: 4",
          "");
      assertThat(client.read(false).status()).isEqualTo(100);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      Reply reply = client.send("true").read();
      assertThat(reply.text()).isEqualTo("true");
      client.hangUp();
      closing.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void anHttp2ConnectionFinishesItsRequests() throws Exception {
    TestServer server = new TestServer();
    try (Http2Client client = new Http2Client(server.address())) {
      CompletableFuture<Http2Client.Reply> held = client.get("/hold");
      server.held.take();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      assertThat(held.get(60, TimeUnit.SECONDS).status()).isEqualTo(503);
      closing.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void silentClientsAreClosedAtEachStage() throws Exception {
    HttpOptions options =
        HttpOptions.at("127.0.0.1", 0, 1 << 20).withDeadlines(300, 300, 3_000, 30_000);
    try (TestServer server = new TestServer(options);
        RawClient quiet = server.connect();
        RawClient head = server.connect().send("GET /health HTT");
        RawClient body =
            server
                .connect()
                .send(
                    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 10\r\n\r\n1");
        RawClient upgrade = server.connect()) {
      upgrade.sendLines(
          "POST /echo HTTP/1.1",
          "Host: a",
          "Content-Type: application/json",
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: ",
          "Content-Length: 10",
          "",
          "1");
      Reply slowUpgrade = upgrade.read();
      assertThat(slowUpgrade.status()).isEqualTo(400);
      assertThat(slowUpgrade.text()).contains("body arrived too slowly");
      assertThat(upgrade.isClosedByServer()).isTrue();
      assertThat(head.read().status()).isEqualTo(400);
      assertThat(head.isClosedByServer()).isTrue();
      Reply slow = body.read();
      assertThat(slow.text()).contains("too slowly");
      assertThat(body.isClosedByServer()).isTrue();
      assertThat(quiet.isClosedByServer()).isTrue();
      server.awaitBodyBytesHeld(0);
    }
  }

  @Test
  void aClientThatTakesNoAnswerIsClosed() throws Exception {
    HttpOptions options =
        HttpOptions.at("127.0.0.1", 0, 1 << 20).withDeadlines(30_000, 30_000, 30_000, 500);
    try (TestServer server = new TestServer(options);
        RawClient client = server.connect()) {
      client.send("GET /size/4000000 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20));
      TestServer.awaitTrue("closed", () -> !client.takes("x"));
      long bytes = client.countUntilClosed();
      assertThat(bytes).isLessThan(20 * 4_000_000L);
    }
  }
}
