package dev.topics.bench.access;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Clients that send the same request again and again, each its next one when the answer has come,
/// in the clear or over TLS; one thread drives them all.
final class SecureLoad implements AutoCloseable {
  private static final int ANSWER_BYTES_MAX = 1 << 20;
  private static final int SERVICE_UNAVAILABLE = 503;
  private static final long PAUSE_MILLIS = 10;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final LongAdder answers = new LongAdder();
  private final ByteBuf request;
  private volatile @Nullable String refusal;
  private volatile boolean begun;

  /// Connects and begins.
  ///
  /// @param tls null to speak in the clear
  SecureLoad(InetSocketAddress server, @Nullable SslContext tls, byte[] request, int connections)
      throws IOException {
    this.request = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(request));
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      int port = server.getPort();
                      channel
                          .pipeline()
                          .addLast(tls.newHandler(channel.alloc(), "localhost", port));
                    }
                    channel
                        .pipeline()
                        .addLast(new HttpResponseDecoder())
                        .addLast(new HttpObjectAggregator(ANSWER_BYTES_MAX))
                        .addLast(new Client());
                  }
                });
    for (int i = 0; i < connections; i++) {
      var connected = bootstrap.connect(server).awaitUninterruptibly();
      if (!connected.isSuccess()) {
        throw new IOException("no connection to " + server, connected.cause());
      }
    }
  }

  private final class Client extends SimpleChannelInboundHandler<FullHttpResponse> {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      send(ctx);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
      if (!begun && answer.status().code() == SERVICE_UNAVAILABLE) {
        var _ = ctx.executor().schedule(() -> send(ctx), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return;
      }
      if (answer.status().code() >= 300) {
        refusal = answer.status().toString();
      }
      answers.increment();
      send(ctx);
    }

    private void send(ChannelHandlerContext ctx) {
      var _ = ctx.writeAndFlush(request.duplicate());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      refusal = cause.toString();
      var _ = ctx.close();
    }
  }

  /// Waits for so many answers. A server that is still starting is asked again.
  void await(long count, Duration timeout) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    long wanted = answers.sum() + count;
    while (answers.sum() < wanted) {
      if (refusal != null || System.nanoTime() > deadline) {
        throw new IOException("no answers: " + refusal);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }
    begun = true;
  }

  /// Answers a second from now on.
  double measure(long millis) throws IOException, InterruptedException {
    long before = answers.sum();
    long start = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep(millis);
    double rate = (answers.sum() - before) * 1e9 / (System.nanoTime() - start);
    if (refusal != null) {
      throw new IOException("not all answers are good ones: " + refusal);
    }
    return rate;
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
