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
import org.jspecify.annotations.Nullable;
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
  private final AcceptGate gate;
  private final Channel server;

  private HttpServer(HttpContext context, Transport transport, int threads, AcceptGate gate)
      throws IOException {
    this.context = context;
    this.gate = gate;
    acceptor =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("http-accept"), transport.events());
    workers =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("http"), transport.events());
    workers.forEach(executor -> {
      EventLoop loop = (EventLoop) executor;
      loops.put(loop, LoopState.start(loop, context.admission()::ring));
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
    gate.guard(server);
  }

  /// Binds and serves.
  ///
  /// @param tls null to speak in the clear
  /// @throws IOException if the address cannot be bound
  public static HttpServer start(
      HttpOptions options,
      @Nullable Tls tls,
      AccessOptions access,
      Router router,
      Gate gate,
      ExchangeListener listener)
      throws IOException {
    HttpContext context =
        new HttpContext(
            options,
            tls,
            router,
            new Origins(access, options.host()),
            new Admission(access),
            access.limits(),
            access.audit(),
            gate,
            listener,
            new BodyBudget(options.bodiesBytesMax()),
            new UnsentAnswers(options.answersBytesMax()));
    int threads = Runtime.getRuntime().availableProcessors();
    return new HttpServer(context, Transport.best(), threads, AcceptGate.ofThisProcess());
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
                gate.opened(channel);
                connect(channel);
              }
            });
  }

  private void connect(Channel channel) {
    Tls secure = context.tls();
    if (secure == null) {
      speak(channel, false);
    } else {
      channel
          .pipeline()
          .addLast(new LingeringClose())
          .addLast(new TlsStart())
          .addLast(secure.handler(channel.alloc()))
          .addLast(new TlsProtocol(this::speak));
    }
  }

  private void speak(Channel channel, boolean http2) {
    LoopState loop = Objects.requireNonNull(loops.get(channel.eventLoop()));
    Peer peer = Peer.of(channel);
    if (http2) {
      new Http2Connection(context, loop, peer).install(channel.pipeline());
      return;
    }
    Http1Connection connection = new Http1Connection(context, loop, channel, peer);
    H2cUpgrade upgrade = new H2cUpgrade(context, loop, connection);
    channel
        .pipeline()
        .addLast(new ProtocolDetector(context, loop, connection))
        .addLast(new PlainReader(context, loop, connection))
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

  /// Bytes of large answers that clients have not taken yet.
  public long answerBytesUnsent() {
    return context.unsent().bytes();
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
