package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.RawClient.Reply;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Streams of events on the wire: heads, chunks, frames, and how they end.
final class EventStreamTest {
  private static final String EVENTS = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

  private static HttpOptions stalledAfter(long millis) {
    return HttpOptions.at("127.0.0.1", 0, 1 << 20).withDeadlines(30_000, 30_000, 30_000, millis);
  }

  private static void await(BooleanSupplier condition) {
    TestServer.awaitTrue("in time", condition);
  }

  @Test
  void eventsGoOutInChunksAtOnceAndTheConnectionGoesOnBehindThem() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.connect()) {
      Reply head = client.send(EVENTS).readHead();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.headers())
          .containsAllEntriesOf(
              Map.of(
                  "content-type", "text/event-stream; charset=utf-8",
                  "cache-control", "no-store",
                  "x-accel-buffering", "no",
                  "transfer-encoding", "chunked"))
          .doesNotContainKeys("content-length", "connection", "content-encoding");
      assertThat(client.readChunk()).isEqualTo("retry: 2000\n\n");
      ScriptedSource source = server.sources.take();
      source.say("one");
      assertThat(client.readChunk()).isEqualTo("data: one\n\n");
      source.share("two");
      assertThat(client.readChunk()).isEqualTo("data: two\n\n");
      assertThat(server.streams).hasValue(1);
      client.send(HEALTH);
      source.end();
      assertThat(client.readChunk()).isEmpty();
      assertThat(client.read().status()).isEqualTo(200);
      assertThat(source.closed.await(60, TimeUnit.SECONDS)).isTrue();
      await(() -> server.streams.get() == 0);
      assertThat(server.answered).containsExactly("200 GET /events", "200 GET /health");
    }
  }

  @Test
  void aStreamOfHttp10LastsAsLongAsTheConnection() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.connect()) {
      Reply head = client.send("GET /events HTTP/1.0\r\n\r\n").readHead();
      assertThat(head.headers()).doesNotContainKeys("transfer-encoding", "content-length");
      assertThat(head.header("connection")).isEqualTo("close");
      ScriptedSource source = server.sources.take();
      source.say("one");
      source.share("two");
      source.end();
      assertThat(client.readUntilClosed()).isEqualTo("retry: 2000\n\ndata: one\n\ndata: two\n\n");
    }
  }

  @Test
  void eventsGoOutInDataFramesOfHttp2() throws Exception {
    try (TestServer server = new TestServer();
        Http2Client client = new Http2Client(server.address())) {
      Http2Client.Stream stream = client.new Stream().head("GET", "/events", true);
      ScriptedSource source = server.sources.take();
      source.say("one");
      source.share("two");
      await(() -> stream.soFar().contains("two"));
      assertThat(stream.reply).isNotDone();
      source.end();
      Http2Client.Reply reply = stream.reply.get(60, TimeUnit.SECONDS);
      assertThat(reply.headers())
          .containsAllEntriesOf(
              Map.of(
                  "content-type", "text/event-stream; charset=utf-8",
                  "cache-control", "no-store",
                  "x-accel-buffering", "no"));
      assertThat(reply.body()).isEqualTo("retry: 2000\n\ndata: one\n\ndata: two\n\n");
      assertThat(source.closed.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(client.get("/health").get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
    }
  }

  @Test
  void headGetsTheHeadAlone() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.connect();
        Http2Client second = new Http2Client(server.address())) {
      Reply head = client.send("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      assertThat(head.header("content-type")).startsWith("text/event-stream");
      assertThat(client.send(HEALTH).read().text()).isEqualTo("{}");
      Http2Client.Reply reply =
          second.new Stream().head("HEAD", "/events", true).reply.get(60, TimeUnit.SECONDS);
      assertThat(reply.body()).isEmpty();
      assertThat(server.sources.take().closed.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(server.sources.take().closed.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*/*",
        "text/event-stream",
        "TEXT/*",
        "application/json, text/event-stream;q=0.5",
        "text/html;q=0.9, */*;q=0.1"
      })
  void acceptMayAllowEvents(String accept) throws Exception {
    assertThat(statusFor(accept)).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "text/html, image/*", "text/event-stream;q=0, */*", "*/*;q=0"})
  void acceptMayExcludeEvents(String accept) throws Exception {
    assertThat(statusFor(accept)).isEqualTo(406);
  }

  private static int statusFor(String accept) throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.connect()) {
      client.sendLines("GET /events HTTP/1.1", "Host: a", "Accept: " + accept, "");
      Reply reply = client.readHead();
      if (reply.status() == 406) {
        assertThat(reply.header("content-type")).isEqualTo("application/json");
      }
      return reply.status();
    }
  }

  @Test
  void eventsAreNeverCompressed() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.connect()) {
      client.sendLines("GET /events HTTP/1.1", "Host: a", "Accept-Encoding: gzip", "");
      assertThat(client.readHead().headers()).doesNotContainKey("content-encoding");
      server.sources.take().say("x".repeat(5000));
      assertThat(client.readChunksUntil("x\n\n")).contains("x".repeat(5000));
    }
  }

  @Test
  void heartbeatsFillSilenceOnly() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.connect()) {
      long saidMillis = System.currentTimeMillis();
      client.send("GET /events?heartbeat=400 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      assertThat(client.readChunk()).startsWith("retry");
      ScriptedSource source = server.sources.take();
      for (int i = 0; i < 10; i++) {
        long nextMillis = System.currentTimeMillis();
        source.say("busy");
        String chunk = client.readChunk();
        for (; !chunk.equals("data: busy\n\n"); chunk = client.readChunk()) {
          saidMillis = heartbeatBehind(saidMillis, chunk);
        }
        saidMillis = nextMillis;
        Thread.sleep(100);
      }
      saidMillis = heartbeatBehind(saidMillis, client.readChunk());
      heartbeatBehind(saidMillis, client.readChunk());
    }
  }

  /// A heartbeat that comes though something was said is right if there was silence before it, as
  /// on a machine that stands still. Returns when it was sent.
  private static long heartbeatBehind(long saidMillis, String chunk) {
    assertThat(chunk).matches(": hb \\d{13}\n\n");
    long sentMillis = Long.parseLong(chunk.strip().substring(5));
    assertThat(sentMillis - saidMillis).as("of silence").isGreaterThan(350);
    return sentMillis;
  }

  @Test
  void aSlowClientIsOfferedNothingUntilItHasTakenWhatThereIs() throws Exception {
    try (TestServer server = new TestServer();
        RawClient client = server.connect()) {
      client.send("GET /events?flood=100000 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      ScriptedSource source = server.sources.take();
      await(() -> isStill(source));
      long before = source.written.get();
      for (long read = 0; read <= before + 1_000_000; ) {
        read += client.readChunk().length();
      }
      await(() -> source.written.get() > before);
    }
  }

  @Test
  void aSlowClientOfHttp2IsOfferedNothingEither() throws Exception {
    try (TestServer server = new TestServer();
        Http2Client client = new Http2Client(server.address())) {
      Http2Client.Stream stream = client.new Stream().reading(false);
      stream.head("GET", "/events?flood=100000", true);
      ScriptedSource source = server.sources.take();
      await(() -> isStill(source));
      assertThat(source.written.get()).isLessThan(1_000_000);
      stream.reading(true).channel.read();
      await(() -> source.written.get() > 2_000_000);
    }
  }

  private static boolean isStill(ScriptedSource source) {
    long before = source.written.get();
    try {
      Thread.sleep(300);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return before > 0 && source.written.get() == before;
  }

  @Test
  void aClientThatTakesNothingIsToldAndClosed() throws Exception {
    try (TestServer server = new TestServer(stalledAfter(500));
        RawClient client = server.connect()) {
      client.send("GET /events?flood=100000 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      ScriptedSource source = server.sources.take();
      assertThat(source.closed.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(client.countUntilClosed()).isLessThan(source.written.get() + 200_000);
    }
  }

  @Test
  void aClientThatTakesALittleNowAndThenIsNotStalled() throws Exception {
    long pauseMillis = takesALittle();
    while (pauseMillis > 0) {
      assertThat(pauseMillis).as("of the client, before it was closed").isGreaterThan(1000);
      pauseMillis = takesALittle();
    }
  }

  /// Returns 0 if the stream goes on; else how long the client paused at most, as it may have had
  /// to where the machine stands still. It pauses until another stream has a heartbeat, and takes
  /// more at a time than the third of a socket's buffer that the kernel wants to be free before it
  /// takes more.
  private static long takesALittle() throws Exception {
    try (TestServer server = new TestServer(stalledAfter(1500));
        RawClient client = server.connect();
        RawClient beside = server.connect()) {
      client.send("GET /events?flood=8000000 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      ScriptedSource source = server.sources.take();
      beside.send("GET /events?heartbeat=400 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
      long longestNanos = 0;
      long tookNanos = System.nanoTime();
      boolean open = true;
      for (int i = 0; i < 8 && open; i++) {
        beside.readChunk();
        open = client.skip(2_000_000);
        longestNanos = Math.max(longestNanos, System.nanoTime() - tookNanos);
        tookNanos = System.nanoTime();
      }
      return open && source.closed.getCount() == 1 ? 0 : longestNanos / 1_000_000;
    }
  }

  @Test
  void aClientThatStopsTakingBehindALongSilenceIsToldAndClosed() throws Exception {
    try (TestServer server = new TestServer(stalledAfter(500));
        RawClient client = server.connect();
        RawClient beside = server.connect()) {
      ScriptedSource source = silentStream(server, client, beside);
      source.say("x".repeat(20_000_000));
      assertThat(source.closed.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aConnectionThatAskedForNothingElseBehindALongSilenceIsClosed() throws Exception {
    HttpOptions options = stalledAfter(30_000).withDeadlines(30_000, 30_000, 500, 30_000);
    try (TestServer server = new TestServer(options);
        RawClient client = server.connect();
        RawClient beside = server.connect()) {
      ScriptedSource source = silentStream(server, client, beside);
      long endedNanos = System.nanoTime();
      source.end();
      client.readUntilClosed();
      assertThat(System.nanoTime() - endedNanos).isLessThan(TimeUnit.SECONDS.toNanos(30));
    }
  }

  /// Opens a stream without heartbeats for a minute, and waits until it was found silent: while
  /// another one has heartbeats, event loops look several times at what is due.
  private static ScriptedSource silentStream(TestServer server, RawClient client, RawClient beside)
      throws Exception {
    client.send("GET /events?heartbeat=60000 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
    assertThat(client.readChunk()).startsWith("retry");
    ScriptedSource source = server.sources.take();
    beside.send("GET /events?heartbeat=600 HTTP/1.1\r\nHost: a\r\n\r\n").readHead();
    for (int i = 0; i < 3; i++) {
      beside.readChunk();
    }
    return source;
  }

  @Test
  void aClientOfHttp2ThatTakesNothingIsReset() throws Exception {
    try (TestServer server = new TestServer(stalledAfter(500));
        Http2Client client = new Http2Client(server.address())) {
      Http2Client.Stream stream = client.new Stream().reading(false);
      stream.head("GET", "/events?flood=100000", true);
      assertThat(server.sources.take().closed.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(client.get("/health").get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
    }
  }

  @Test
  void theEndOfTheClientEndsTheStream() throws Exception {
    try (TestServer server = new TestServer();
        RawClient closing = server.connect();
        RawClient halfClosing = server.connect();
        Http2Client http2 = new Http2Client(server.address())) {
      closing.send(EVENTS).readHead();
      closing.hangUp();
      assertThat(server.sources.take().closed.await(60, TimeUnit.SECONDS)).isTrue();
      halfClosing.send(EVENTS).readHead();
      halfClosing.endOutput();
      assertThat(server.sources.take().closed.await(60, TimeUnit.SECONDS)).isTrue();
      Http2Client.Stream stream = http2.new Stream().head("GET", "/events", true);
      ScriptedSource source = server.sources.take();
      stream.channel.close().syncUninterruptibly();
      assertThat(source.closed.await(60, TimeUnit.SECONDS)).isTrue();
      await(() -> server.streams.get() == 0);
    }
  }

  @Test
  void aServerThatClosesSaysSoInItsStreams() throws Exception {
    TestServer server = new TestServer();
    try (RawClient client = server.connect();
        Http2Client http2 = new Http2Client(server.address())) {
      client.send(EVENTS).readHead();
      Http2Client.Stream stream = http2.new Stream().head("GET", "/events", true);
      server.sources.take();
      server.sources.take();
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server::close);
      String error =
          "event: error\ndata: {\"code\":503,\"error\":\"the server is shutting down\"}\n\n";
      assertThat(client.readChunksUntil("503")).endsWith(error);
      assertThat(client.readChunk()).isEmpty();
      assertThat(client.isClosedByServer()).isTrue();
      assertThat(stream.reply.get(60, TimeUnit.SECONDS).body()).endsWith(error);
      client.hangUp();
      closing.get(60, TimeUnit.SECONDS);
    }
  }
}
