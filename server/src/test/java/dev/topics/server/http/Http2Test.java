package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.Http2Client.Reply;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// HTTP/2 in the clear, by prior knowledge and by upgrade.
final class Http2Test {
  private static final String EMPTY_SETTINGS = "\0\0\0\4\0\0\0\0\0";

  @RegisterExtension private final TestServer server = new TestServer();

  private static Reply await(CompletableFuture<Reply> reply) throws Exception {
    return reply.get(60, TimeUnit.SECONDS);
  }

  @Test
  void manyRequestsRunOnOneConnectionAndFinishInAnyOrder() throws Exception {
    try (Http2Client client = new Http2Client(server.address())) {
      CompletableFuture<Reply> held = client.get("/hold");
      List<CompletableFuture<Reply>> others = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        others.add(client.post("/echo", "{\"i\":" + i + "}"));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(await(others.get(i)).body()).isEqualTo("{\"i\":" + i + "}");
      }
      server.held.take().complete("late");
      assertThat(await(held).body()).isEqualTo("\"late\"");
    }
  }

  @Test
  void aBodyMayArriveInPieces() throws Exception {
    try (Http2Client client = new Http2Client(server.address())) {
      Http2Client.Stream stream = client.new Stream().head("POST", "/echo", false);
      stream.data("{\"a\"", false).data(":1", false).data("}", true);
      assertThat(await(stream.reply).body()).isEqualTo("{\"a\":1}");
    }
  }

  @Test
  void aLongBodyAndALongAnswerPassTheFlowControl() throws Exception {
    try (Http2Client client = new Http2Client(server.address())) {
      String body = "\"" + "x".repeat((1 << 20) - 2) + "\"";
      assertThat(await(client.post("/length", body)).body()).startsWith("{\"bytes\":1048576,");
      assertThat(await(client.get("/size/3000000")).body()).hasSize(3_000_000);
    }
  }

  @Test
  void errorsAreTheSameAsInHttp1() throws Exception {
    try (Http2Client client = new Http2Client(server.address())) {
      Reply unknown = await(client.get("/nowhere"));
      assertThat(unknown.status()).isEqualTo(404);
      assertThat(unknown.body()).contains("\"code\":\"not_found\"");
      Reply wrong = await(client.post("/health", "{}"));
      assertThat(wrong.status()).isEqualTo(405);
      assertThat(wrong.headers()).containsEntry("allow", "GET, HEAD");
      assertThat(await(client.post("/echo", "x".repeat((1 << 20) + 1))).status()).isEqualTo(413);
      assertThat(await(client.get("/health")).status()).isEqualTo(200);
    }
  }

  @Test
  void aResetCancelsWhatTheClientWaitsFor() throws Exception {
    try (Http2Client client = new Http2Client(server.address())) {
      Http2Client.Stream stream = client.new Stream().head("GET", "/hold", true);
      server.held.take();
      stream.channel.close().syncUninterruptibly();
      assertThat(server.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aClientThatLeavesCancelsWhatItWaitsFor() throws Exception {
    HttpOptions patient =
        new HttpOptions(
            "127.0.0.1",
            0,
            1 << 20,
            1 << 20,
            1 << 20,
            16 << 10,
            128,
            600_000,
            600_000,
            600_000,
            600_000,
            600_000);
    try (TestServer own = new TestServer(patient)) {
      try (Http2Client client = new Http2Client(own.address())) {
        client.new Stream().head("GET", "/hold", true);
        own.held.take();
      }
      assertThat(own.cancelled.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aConnectionOfHttp1IsUpgraded() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      URI base = URI.create("http://127.0.0.1:" + server.address().getPort());
      HttpRequest get = HttpRequest.newBuilder(base.resolve("/items/x?n=3")).build();
      HttpResponse<String> first = client.send(get, BodyHandlers.ofString());
      assertThat(first.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(first.body()).isEqualTo("{\"name\":\"x\",\"flag\":false,\"n\":3}");
      HttpRequest post =
          HttpRequest.newBuilder(base.resolve("/echo"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("[1]"))
              .build();
      HttpResponse<String> second = client.send(post, BodyHandlers.ofString());
      assertThat(second.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(second.body()).isEqualTo("[1]");
    }
  }

  @Test
  void aFirstRequestWithABodyIsUpgradedToo() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      URI echo = URI.create("http://127.0.0.1:" + server.address().getPort() + "/echo");
      HttpRequest post =
          HttpRequest.newBuilder(echo)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("[1]"))
              .build();
      HttpResponse<String> reply = client.send(post, BodyHandlers.ofString());
      assertThat(reply.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(reply.body()).isEqualTo("[1]");
    }
  }

  @Test
  void aFirstRequestTooLongForAnUpgradeIsServedAsHttp1() throws Exception {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
      URI length = URI.create("http://127.0.0.1:" + server.address().getPort() + "/length");
      HttpRequest post =
          HttpRequest.newBuilder(length)
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString("1".repeat(100_000)))
              .build();
      HttpResponse<String> reply = client.send(post, BodyHandlers.ofString());
      assertThat(reply.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
      assertThat(reply.body()).startsWith("{\"bytes\":100000,");
    }
  }

  @Test
  void anUpgradeWithBadSettingsIsServedAsHttp1() throws Exception {
    try (RawClient client = server.connect()) {
      client.sendLines(
          "GET /items/x HTTP/1.1",
          "Host: a",
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: %%%",
          "");
      assertThat(client.read().text()).contains("\"x\"");
      client.send("GET /items/y HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().text()).contains("\"y\"");
    }
  }

  @Test
  void aMalformedRequestThatAsksForAnUpgradeIsRefused() throws Exception {
    try (RawClient client = server.connect()) {
      client.sendLines(
          "POST /echo HTTP/1.1",
          "Host: a",
          "Connection: Upgrade, HTTP2-Settings",
          "Upgrade: h2c",
          "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA",
          "Content-Length: 1x",
          "");
      assertThat(client.read().status()).isEqualTo(400);
    }
  }

  @Test
  void aConnectionEndsWithItsClient() throws Exception {
    try (RawClient client = server.connect()) {
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + EMPTY_SETTINGS).endOutput();
      assertThat(client.countUntilClosed()).isPositive();
    }
  }

  @Test
  void aClientThatTakesNothingMakesTheServerHoldOnlySoMuch() throws Exception {
    try (Http2Client client = new Http2Client(server.address())) {
      List<Http2Client.Stream> streams = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        Http2Client.Stream stream = client.new Stream();
        stream.channel.config().setAutoRead(false);
        streams.add(stream.head("GET", "/size/4000000", true));
      }
      server.visitEveryLoop();
      assertThat(server.answered.stream().filter(answer -> answer.contains("/size"))).hasSize(3);
      streams.forEach(stream -> stream.channel.config().setAutoRead(true));
      for (Http2Client.Stream stream : streams) {
        assertThat(await(stream.reply).body()).hasSize(4_000_000);
      }
    }
  }

  @Test
  void aStreamWhoseAnswerIsNotTakenIsReset() throws Exception {
    HttpOptions options =
        HttpOptions.at("127.0.0.1", 0, 1 << 20).withDeadlines(30_000, 30_000, 30_000, 300);
    try (TestServer impatient = new TestServer(options);
        Http2Client client = new Http2Client(impatient.address())) {
      Http2Client.Stream stream = client.new Stream();
      stream.channel.config().setAutoRead(false);
      stream.head("GET", "/size/80000", true);
      assertThat(stream.reply)
          .failsWithin(60, TimeUnit.SECONDS)
          .withThrowableThat()
          .withMessageContaining("reset");
      assertThat(await(client.get("/health")).status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerOfWhichNothingIsTakenIsDroppedHoweverLongItIs() throws Exception {
    HttpOptions options =
        HttpOptions.at("127.0.0.1", 0, 1 << 20).withDeadlines(30_000, 30_000, 30_000, 300);
    try (TestServer server = new TestServer(options);
        Http2Client client = new Http2Client(server.address())) {
      Http2Client.Stream stream = client.new Stream().reading(false);
      stream.head("GET", "/size/30000000", true);
      TestServer.awaitTrue("answered", () -> server.answered.contains("200 GET /size/{bytes}"));
      server.visitEveryLoop();
      TestServer.awaitTrue("dropped", () -> server.answerBytesUnsent() == 0);
      assertThat(stream.soFar().length()).isLessThan(30_000_000);
    }
  }
}
