package dev.topics.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpServerUpgradeHandler.UpgradeCodec;
import io.netty.handler.codec.http2.Http2Connection.Endpoint;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 connection: Netty's codec with limits, and a channel of its own for each request.
final class Http2Connection extends ChannelInboundHandlerAdapter {
  private static final int STREAMS_MAX = 100;
  private static final int STREAM_WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 8 << 20;
  private static final int UNSENT_BYTES_MAX = 8 << 20;
  private static final int RESETS_MAX = 200;
  private static final int RESETS_SECONDS = 10;

  private final HttpContext context;
  private final LoopState loop;
  private final Peer peer;
  private final Http2FrameCodec codec;
  private final Http2MultiplexHandler multiplexer;
  private final Set<Http2Request> requests = new LinkedHashSet<>();
  private final ArrayDeque<Http2Request> waiting = new ArrayDeque<>();
  private long unsentBytes;
  private @Nullable Channel channel;
  private boolean dispatching;
  private boolean draining;
  private long quietSinceNanos;
  private final Watched watched =
      new Watched() {
        @Override
        long tick(long nowNanos) {
          return Http2Connection.this.tick(nowNanos);
        }

        @Override
        void drain() {
          Http2Connection.this.drain();
        }
      };

  Http2Connection(HttpContext context, LoopState loop, Peer peer) {
    this.context = context;
    this.loop = loop;
    this.peer = peer;
    codec =
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(STREAMS_MAX)
                    .initialWindowSize(STREAM_WINDOW_BYTES)
                    .maxHeaderListSize(context.options().headBytesMax()))
            .validateHeaders(true)
            .validateRequiredPseudoHeaders(true)
            .decoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
            .encoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS)
            .frameLogger(new QuietFrames(loop))
            .gracefulShutdownTimeoutMillis(context.options().drainMillis())
            .build();
    multiplexer =
        new Http2MultiplexHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream
                    .pipeline()
                    .addLast(new Http2Request(context, loop, Http2Connection.this, stream));
              }
            });
  }

  Peer peer() {
    return peer;
  }

  /// Makes `pipeline` speak HTTP/2 from the connection preface on.
  void install(ChannelPipeline pipeline) {
    pipeline.addLast(codec, multiplexer, this);
  }

  /// Takes over a pipeline of HTTP/1.1.
  UpgradeCodec upgradeCodec() {
    return new Http2ServerUpgradeCodec(codec, multiplexer, this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Http2Exception {
    channel = ctx.channel();
    ctx.pipeline().addFirst(new LingeringClose());
    quietSinceNanos = loop.nowNanos;
    loop.add(watched);
    Endpoint<Http2LocalFlowController> local = codec.connection().local();
    Http2LocalFlowController window = local.flowController();
    window.incrementWindowSize(
        codec.connection().connectionStream(),
        CONNECTION_WINDOW_BYTES - window.windowSize(codec.connection().connectionStream()));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.remove(watched);
    ctx.fireChannelInactive();
  }

  /// HTTP/2 knows no half of a connection: who sends no more is gone. The codec would still give
  /// what is in progress time to end, so this closes past it.
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      var _ = ctx.pipeline().context(codec).close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }

  void started(Http2Request request) {
    requests.add(request);
  }

  /// Has a complete request handled as soon as the client has taken enough of earlier answers.
  void dispatch(Http2Request request) {
    waiting.add(request);
    dispatchWaiting();
  }

  /// An answer that takes `bytes` of memory is on its way, to be told of with [#sent].
  void sending(int bytes) {
    unsentBytes += bytes;
    if (bytes >= UnsentAnswers.LARGE_BYTES) {
      context.unsent().sending(bytes);
    }
  }

  void sent(int bytes) {
    unsentBytes -= bytes;
    if (bytes >= UnsentAnswers.LARGE_BYTES) {
      context.unsent().sent(bytes);
    }
    dispatchWaiting();
  }

  private void dispatchWaiting() {
    if (dispatching) {
      return;
    }
    dispatching = true;
    try {
      while (unsentBytes < UNSENT_BYTES_MAX && !waiting.isEmpty()) {
        waiting.remove().handle();
      }
    } finally {
      dispatching = false;
    }
  }

  void ended(Http2Request request) {
    requests.remove(request);
    waiting.remove(request);
    quietSinceNanos = loop.nowNanos;
  }

  private long tick(long nowNanos) {
    Channel connection = channel;
    if (connection != null
        && requests.isEmpty()
        && nowNanos - quietSinceNanos > context.options().idleMillis() * 1_000_000) {
      var _ = connection.close();
    }
    for (Http2Request request : List.copyOf(requests)) {
      request.tick(nowNanos);
    }
    return 0;
  }

  boolean isDraining() {
    return draining;
  }

  private void drain() {
    draining = true;
    for (Http2Request request : List.copyOf(requests)) {
      request.interrupt();
    }
    Channel connection = channel;
    if (connection != null) {
      var _ = connection.close();
    }
  }
}
