package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.auth.Permission;
import dev.topics.server.http.Route.Access;
import dev.topics.server.http.Route.BodyRule;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A server with routes that show what the HTTP layer does. As an extension it serves one test, or
/// all of a class if its field is static.
final class TestServer
    implements AutoCloseable, BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  final LinkedBlockingQueue<CompletableFuture<String>> held = new LinkedBlockingQueue<>();
  final CountDownLatch cancelled = new CountDownLatch(1);
  final LinkedBlockingQueue<ScriptedSource> sources = new LinkedBlockingQueue<>();
  final AtomicInteger streams = new AtomicInteger();
  final Queue<String> answered = new ConcurrentLinkedQueue<>();
  volatile @Nullable Problem closed;
  private final HttpServer server;
  private boolean ofAllTests;

  TestServer() {
    this(HttpOptions.at("127.0.0.1", 0, 1 << 20));
  }

  TestServer(HttpOptions options) {
    this(options, AccessOptions.open());
  }

  TestServer(HttpOptions options, AccessOptions access) {
    this(options, null, access);
  }

  TestServer(HttpOptions options, @Nullable Tls tls, AccessOptions access) {
    Router router =
        Router.builder()
            .add(Method.POST, "/echo", BodyRule.OPTIONAL_JSON, Permission.READ, TestServer::echo)
            .add(Method.POST, "/length", BodyRule.JSON, Permission.READ, TestServer::length)
            .add(Method.GET, "/items/{name}", BodyRule.IGNORED, Permission.READ, TestServer::name)
            .add(
                Method.PUT,
                "/items/{name}",
                BodyRule.OPTIONAL_JSON,
                Permission.READ,
                TestServer::name)
            .add(Method.GET, "/size/{bytes}", BodyRule.IGNORED, Permission.READ, TestServer::size)
            .add(Method.GET, "/hold", BodyRule.IGNORED, Permission.READ, this::hold)
            .add(Method.GET, "/take", BodyRule.IGNORED, Permission.READ, this::take)
            .add(Method.GET, "/events", BodyRule.IGNORED, Permission.READ_STREAM, this::events)
            .add(Method.GET, "/socket", BodyRule.IGNORED, Permission.READ, TestServer::socket)
            .add(Method.GET, "/fail", BodyRule.IGNORED, Permission.READ, TestServer::fail)
            .add(
                Method.GET,
                "/unwritable",
                BodyRule.IGNORED,
                Permission.READ,
                TestServer::unwritable)
            .add(
                Method.GET,
                "/health",
                BodyRule.IGNORED,
                Permission.PROBE,
                Access.ALWAYS,
                TestServer::ok)
            .build();
    try {
      server =
          HttpServer.start(
              options,
              tls,
              access,
              router,
              route -> route.access() == Access.ALWAYS ? null : closed,
              new Listener());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Notes what the server tells of exchanges.
  private final class Listener implements ExchangeListener {
    @Override
    public void answered(@Nullable Route route, int status, long nanos, long in, long out) {
      answered.add(status + " " + route);
    }

    @Override
    public void streamBegan() {
      streams.incrementAndGet();
    }

    @Override
    public void streamEnded(long bytesOut) {
      streams.decrementAndGet();
    }
  }

  RawClient connect() throws IOException {
    return new RawClient(address());
  }

  InetSocketAddress address() {
    return server.address();
  }

  long bodyBytesHeld() {
    return server.bodyBytesHeld();
  }

  /// Waits until bodies take so many bytes: an answer may be there before the server has let go of
  /// what it answers.
  void awaitBodyBytesHeld(long bytes) {
    awaitTrue("bodies take " + bytes + " bytes", () -> bodyBytesHeld() == bytes);
  }

  /// Waits for what must come to be, however slow the machine is.
  static void awaitTrue(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /// Returns when each event loop has read what was sent to it before: connections go to the loops
  /// in turn.
  void visitEveryLoop() throws IOException {
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      try (RawClient visitor = connect()) {
        visitor.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").read();
      }
    }
  }

  long answerBytesUnsent() {
    return server.answerBytesUnsent();
  }

  @Override
  public void close() {
    server.close();
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    ofAllTests = true;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!ofAllTests) {
      end();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    end();
  }

  private void end() {
    close();
    awaitBodyBytesHeld(0);
  }

  private static void ok(Exchange exchange) {
    exchange.send(200, exchange.output().ascii("{}"));
  }

  private static void echo(Exchange exchange) {
    ByteOutput out = exchange.output();
    out.write(exchange.body(), exchange.bodyStart(), exchange.bodyBytes());
    exchange.send(200, out);
  }

  private static void length(Exchange exchange) {
    long sum = 0;
    for (int i = exchange.bodyStart(); i < exchange.bodyEnd(); i++) {
      sum = sum * 31 + exchange.body()[i];
    }
    String json = "{\"bytes\":" + exchange.bodyBytes() + ",\"hash\":" + sum + "}";
    exchange.send(200, exchange.output().ascii(json));
  }

  private static void name(Exchange exchange) {
    ByteOutput out = exchange.output().ascii("{\"name\":").string(exchange.parameter(0));
    out.ascii(",\"flag\":" + exchange.query().flag("flag", false));
    out.ascii(",\"n\":").number(exchange.query().number("n", 0));
    exchange.send(200, out.ascii("}"));
  }

  private static void size(Exchange exchange) {
    int bytes = Integer.parseInt(exchange.parameter(0));
    ByteBuf buffer = exchange.buffer(bytes);
    buffer.writeBytes(utf8("\"" + "x".repeat(bytes - 2) + "\""));
    exchange.send(200, buffer);
  }

  private void hold(Exchange exchange) {
    exchange.onCancel(cancelled::countDown);
    answerLater(exchange);
  }

  private void take(Exchange exchange) {
    exchange.onLeave(cancelled::countDown);
    answerLater(exchange);
  }

  private void answerLater(Exchange exchange) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    exchange.whenDone(answer, text -> exchange.send(200, exchange.output().string(text)));
    held.add(answer);
  }

  private void events(Exchange exchange) {
    ScriptedSource source =
        new ScriptedSource(
            (int) exchange.query().number("flood", 0), exchange.query().flag("broken", false));
    source.stream = exchange.stream(source, exchange.query().number("heartbeat", 15_000));
    sources.add(source);
  }

  /// A socket that says how long each message is.
  private static void socket(Exchange exchange) {
    LengthSocket handler = new LengthSocket(exchange.query().flag("broken", false));
    handler.socket = exchange.webSocket(handler);
  }

  private static final class LengthSocket implements SocketHandler {
    private final boolean broken;
    private @Nullable WebSocket socket;

    LengthSocket(boolean broken) {
      this.broken = broken;
    }

    private void say(String text) {
      WebSocket open = Objects.requireNonNull(socket);
      open.write(open.output().ascii(text));
      open.flush();
    }

    @Override
    public void message(byte[] bytes, int start, int end) {
      say(Integer.toString(end - start));
    }

    @Override
    public void refused(Problem why) {
      say(why.code().wireName());
    }

    @Override
    public void writable() {}

    @Override
    public void closed() {
      if (broken) {
        throw new AssertionError("a socket of a test is broken");
      }
    }
  }

  private static void fail(Exchange exchange) {
    throw new IllegalStateException("secret " + exchange.header(HttpHeaderNames.HOST));
  }

  /// Has a status for which no head can be made.
  private static void unwritable(Exchange exchange) {
    exchange.send(999, exchange.output().ascii("{}"));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
