package dev.topics.server.http;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A client that speaks HTTP/2 from the first byte, in the clear or over TLS.
final class Http2Client implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel connection;

  Http2Client(InetSocketAddress address) {
    this(address, null);
  }

  /// @param tls null to speak in the clear
  Http2Client(InetSocketAddress address, @Nullable SslContext tls) {
    SslHandler handshake =
        tls == null
            ? null
            : tls.newHandler(ByteBufAllocator.DEFAULT, "localhost", address.getPort());
    connection =
        new Bootstrap()
            .group(threads)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (handshake != null) {
                      channel.pipeline().addLast(handshake);
                    }
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                  }
                })
            .connect(address)
            .syncUninterruptibly()
            .channel();
    if (handshake != null) {
      await(handshake);
    }
  }

  /// A handshake that failed may have closed the connection already. What it failed with may be a
  /// checked exception, which Netty does not declare.
  private void await(SslHandler handshake) {
    try {
      var _ = handshake.handshakeFuture().syncUninterruptibly();
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /// An answer as it came.
  record Reply(int status, Map<String, String> headers, String body) {}

  /// A stream whose request can be sent in pieces.
  final class Stream {
    final CompletableFuture<Reply> reply = new CompletableFuture<>();
    final Http2StreamChannel channel;
    private final Collector collector = new Collector(reply);

    Stream() {
      channel =
          new Http2StreamChannelBootstrap(connection)
              .handler(collector)
              .open()
              .syncUninterruptibly()
              .getNow();
    }

    /// What has come of the body so far.
    String soFar() {
      return collector.soFar();
    }

    /// Stops or goes on reading, and so giving the server room in its window.
    Stream reading(boolean on) {
      channel.config().setAutoRead(on);
      return this;
    }

    Stream head(String method, String path, boolean end) {
      Http2Headers headers =
          new DefaultHttp2Headers().method(method).path(path).scheme("http").authority("a");
      if (!end) {
        headers.set("content-type", "application/json");
      }
      channel.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end)).syncUninterruptibly();
      return this;
    }

    Stream data(String text, boolean end) {
      ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
      var _ = channel.writeAndFlush(new DefaultHttp2DataFrame(bytes, end));
      return this;
    }
  }

  CompletableFuture<Reply> get(String path) {
    return new Stream().head("GET", path, true).reply;
  }

  CompletableFuture<Reply> post(String path, String body) {
    return new Stream().head("POST", path, false).data(body, true).reply;
  }

  @Override
  public void close() {
    connection.close().syncUninterruptibly();
    threads.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Reply> reply;
    private final Map<String, String> headers = new HashMap<>();
    private final StringBuilder body = new StringBuilder();

    Collector(CompletableFuture<Reply> reply) {
      this.reply = reply;
    }

    String soFar() {
      synchronized (body) {
        return body.toString();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      boolean end = false;
      if (message instanceof Http2HeadersFrame frame) {
        frame.headers().forEach(e -> headers.put(e.getKey().toString(), e.getValue().toString()));
        end = frame.isEndStream();
      } else if (message instanceof Http2DataFrame frame) {
        synchronized (body) {
          body.append(frame.content().toString(StandardCharsets.UTF_8));
        }
        end = frame.isEndStream();
      }
      ReferenceCountUtil.release(message);
      if (end) {
        reply.complete(
            new Reply(Integer.parseInt(headers.get(":status")), headers, body.toString()));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      reply.completeExceptionally(new IllegalStateException("closed"));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        reply.completeExceptionally(new IllegalStateException("reset " + reset.errorCode()));
      }
    }
  }
}
