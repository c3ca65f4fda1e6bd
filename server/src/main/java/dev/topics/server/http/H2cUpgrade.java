package dev.topics.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.HttpServerUpgradeHandler.UpgradeCodec;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.util.AsciiString;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The upgrade of an HTTP/1.1 connection to HTTP/2 in the clear (RFC 7540 §3.2).
///
/// Netty's handler for it joins the pipeline only when a client asks, so other requests do not pay.
/// A request with a long body, or one behind others, stays with HTTP/1.1, as the RFC allows.
final class H2cUpgrade {
  private static final int BODY_BYTES_MAX = 1 << 16;

  private final HttpContext context;
  private final LoopState loop;
  private final Http1Connection connection;
  private @Nullable HttpServerUpgradeHandler upgrade;
  private @Nullable HttpResponseEncoder encoder;

  H2cUpgrade(HttpContext context, LoopState loop, Http1Connection connection) {
    this.context = context;
    this.loop = loop;
    this.connection = connection;
  }

  /// Whether `request` asks for the upgrade, and may have it.
  boolean isWantedBy(HttpRequest request) {
    HttpHeaders fields = request.headers();
    return request.decoderResult().isSuccess()
        && fields.contains(HttpHeaderNames.UPGRADE)
        && fields.containsValue(HttpHeaderNames.UPGRADE, "h2c", true)
        && fields.contains(Http2CodecUtil.HTTP_UPGRADE_SETTINGS_HEADER)
        && !fields.contains(HttpHeaderNames.TRANSFER_ENCODING)
        && !fields.contains(HttpHeaderNames.EXPECT)
        && hasShortBody(fields)
        && upgrade == null
        && connection.isIdle();
  }

  private static boolean hasShortBody(HttpHeaders fields) {
    String length = fields.get(HttpHeaderNames.CONTENT_LENGTH, "0");
    return length.length() < 9 && ContentLength.parse(length) <= BODY_BYTES_MAX;
  }

  /// Lets Netty's handler collect the request and do the upgrade.
  void start(ChannelHandlerContext reader, HttpRequest request) {
    ChannelPipeline pipeline = reader.pipeline();
    HttpResponseEncoder answers = new HttpResponseEncoder();
    HttpServerUpgradeHandler handler =
        new HttpServerUpgradeHandler(this::leave, this::codec, BODY_BYTES_MAX);
    encoder = answers;
    upgrade = handler;
    connection.upgradeBegins(() -> abandon(pipeline));
    pipeline.addBefore(reader.name(), null, answers);
    pipeline.addBefore(reader.name(), null, handler);
    Objects.requireNonNull(pipeline.context(Http1Decoder.class)).fireChannelRead(request);
  }

  /// Takes the handler out again if it is there: it let a request pass that it did not upgrade.
  void abandon(ChannelPipeline pipeline) {
    HttpResponseEncoder answers = encoder;
    HttpServerUpgradeHandler handler = upgrade;
    if (answers != null && handler != null) {
      encoder = null;
      pipeline.remove(handler);
      pipeline.remove(answers);
    }
  }

  private @Nullable UpgradeCodec codec(CharSequence protocol) {
    return AsciiString.contentEqualsIgnoreCase("h2c", protocol)
        ? new Http2Connection(context, loop, connection.peer()).upgradeCodec()
        : null;
  }

  private void leave(ChannelHandlerContext ctx) {
    connection.closed();
    ctx.pipeline().remove(Http1Decoder.class);
    ctx.pipeline().remove(Http1Reader.class);
    ctx.pipeline().remove(Objects.requireNonNull(encoder));
    encoder = null;
  }
}
