package dev.topics.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerUpgradeHandler.UpgradeCodec;
import io.netty.handler.codec.http2.Http2Connection.Endpoint;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2LocalFlowController;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// An HTTP/2 connection: Netty's codec with limits, and a channel of its own for each request.
final class Http2Connection extends ChannelInboundHandlerAdapter implements LoopState.Watched {
  private static final int STREAMS_MAX = 100;
  private static final int STREAM_WINDOW_BYTES = 1 << 20;
  private static final int CONNECTION_WINDOW_BYTES = 8 << 20;
  private static final int RESETS_MAX = 200;
  private static final int RESETS_SECONDS = 10;

  private final HttpContext context;
  private final LoopState loop;
  private final Http2FrameCodec codec;
  private final Http2MultiplexHandler multiplexer;
  private final Set<Http2Request> requests = new LinkedHashSet<>();
  private @Nullable Channel channel;
  private long quietSinceNanos;

  Http2Connection(HttpContext context, LoopState loop) {
    this.context = context;
    this.loop = loop;
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
    quietSinceNanos = loop.nowNanos;
    loop.add(this);
    Endpoint<Http2LocalFlowController> local = codec.connection().local();
    Http2LocalFlowController window = local.flowController();
    window.incrementWindowSize(
        codec.connection().connectionStream(),
        CONNECTION_WINDOW_BYTES - window.windowSize(codec.connection().connectionStream()));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    loop.remove(this);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    var _ = ctx.close();
  }

  void started(Http2Request request) {
    requests.add(request);
  }

  void ended(Http2Request request) {
    requests.remove(request);
    quietSinceNanos = loop.nowNanos;
  }

  @Override
  public void tick(long nowNanos) {
    Channel connection = channel;
    if (connection != null
        && requests.isEmpty()
        && nowNanos - quietSinceNanos > context.options().idleMillis() * 1_000_000) {
      var _ = connection.close();
    }
    for (Http2Request request : List.copyOf(requests)) {
      request.tick(nowNanos);
    }
  }

  @Override
  public void drain() {
    for (Http2Request request : List.copyOf(requests)) {
      request.interrupt();
    }
    Channel connection = channel;
    if (connection != null) {
      var _ = connection.close();
    }
  }
}
