package dev.topics.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP server on one port: HTTP/1.1, and HTTP/2 by prior knowledge or upgrade.
///
/// **Threading** [#close] from any thread but an event loop.
public final class HttpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpServer.class);
  private static final int BACKLOG = 1024;

  private final HttpContext context;
  private final MultiThreadIoEventLoopGroup acceptor;
  private final MultiThreadIoEventLoopGroup workers;
  private final Map<EventLoop, LoopState> loops = new ConcurrentHashMap<>();
  private final Channel server;

  private HttpServer(HttpContext context, Transport transport, int threads) throws IOException {
    this.context = context;
    acceptor =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("http-accept"), transport.events());
    workers =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("http"), transport.events());
    workers.forEach(executor -> {
      EventLoop loop = (EventLoop) executor;
      loops.put(loop, LoopState.start(loop));
    });
    HttpOptions options = context.options();
    ChannelFuture bound =
        bootstrap(transport)
            .bind(new InetSocketAddress(options.host(), options.port()))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      stopThreads();
      throw new IOException(
          "cannot listen on " + options.host() + ":" + options.port(), bound.cause());
    }
    server = bound.channel();
  }

  /// Binds and serves.
  ///
  /// @throws IOException if the address cannot be bound
  public static HttpServer start(
      HttpOptions options, Router router, Gate gate, ExchangeListener listener) throws IOException {
    BodyBudget budget = new BodyBudget(options.bodiesBytesMax());
    int threads = Runtime.getRuntime().availableProcessors();
    return new HttpServer(
        new HttpContext(options, router, gate, listener, budget), Transport.best(), threads);
  }

  private ServerBootstrap bootstrap(Transport transport) {
    return new ServerBootstrap()
        .group(acceptor, workers)
        .channel(transport.serverChannel())
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                connect(channel);
              }
            });
  }

  private void connect(Channel channel) {
    LoopState loop = Objects.requireNonNull(loops.get(channel.eventLoop()));
    Http1Connection connection = new Http1Connection(context, loop, channel);
    H2cUpgrade upgrade = new H2cUpgrade(context, loop, connection);
    channel
        .pipeline()
        .addLast(new ProtocolDetector(context, loop, connection))
        .addLast(new PlainReader(context, loop, connection))
        .addLast(new Http1Decoder(connection, context.options().headBytesMax()))
        .addLast(new Http1Reader(connection, upgrade));
    loop.add(connection);
  }

  /// Where it listens; the port is the real one.
  public InetSocketAddress address() {
    return (InetSocketAddress) server.localAddress();
  }

  /// Bytes of request bodies in memory now.
  public long bodyBytesHeld() {
    return context.budget().bytesTaken();
  }

  /// Stops accepting, lets requests in progress finish for a while, and closes every connection.
  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    loops.forEach((loop, state) -> loop.execute(state::drain));
    CompletableFuture<?>[] drained =
        loops.values().stream().map(LoopState::drained).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(drained)
          .orTimeout(context.options().drainMillis(), TimeUnit.MILLISECONDS)
          .join();
    } catch (CompletionException e) {
      log.warn("closing connections whose requests did not finish in time");
    }
    stopThreads();
  }

  private void stopThreads() {
    var _ = acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    workers.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    acceptor.terminationFuture().awaitUninterruptibly();
  }
}
