package dev.topics.server.http;

import dev.topics.server.http.Route.Access;
import dev.topics.server.http.Route.BodyRule;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A server with routes that show what the HTTP layer does.
final class TestServer implements AutoCloseable {
  final LinkedBlockingQueue<CompletableFuture<String>> held = new LinkedBlockingQueue<>();
  final CountDownLatch cancelled = new CountDownLatch(1);
  final Queue<String> answered = new ConcurrentLinkedQueue<>();
  volatile @Nullable Problem closed;
  private final HttpServer server;

  TestServer() throws IOException {
    this(HttpOptions.at("127.0.0.1", 0, 1 << 20));
  }

  TestServer(HttpOptions options) throws IOException {
    Router router =
        Router.builder()
            .add(Method.POST, "/echo", BodyRule.OPTIONAL_JSON, TestServer::echo)
            .add(Method.POST, "/length", BodyRule.JSON, TestServer::length)
            .add(Method.GET, "/items/{name}", BodyRule.IGNORED, TestServer::name)
            .add(Method.PUT, "/items/{name}", BodyRule.OPTIONAL_JSON, TestServer::name)
            .add(Method.GET, "/size/{bytes}", BodyRule.IGNORED, TestServer::size)
            .add(Method.GET, "/hold", BodyRule.IGNORED, this::hold)
            .add(Method.GET, "/fail", BodyRule.IGNORED, TestServer::fail)
            .add(Method.GET, "/health", BodyRule.IGNORED, Access.ALWAYS, TestServer::ok)
            .build();
    server =
        HttpServer.start(
            options,
            router,
            route -> route.access() == Access.ALWAYS ? null : closed,
            (route, status, nanos, in, out) -> answered.add(status + " " + route));
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

  @Override
  public void close() {
    server.close();
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
    CompletableFuture<String> answer = new CompletableFuture<>();
    exchange.onCancel(cancelled::countDown);
    exchange.whenDone(answer, text -> exchange.send(200, exchange.output().string(text)));
    held.add(answer);
  }

  private static void fail(Exchange exchange) {
    throw new IllegalStateException("secret " + exchange.header(HttpHeaderNames.HOST));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
