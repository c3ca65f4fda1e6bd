package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameLogger;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.logging.LogLevel;

/// How many frames that carry nothing a client of HTTP/2 may send: priorities, windows, pings,
/// settings, farewells and those of unknown types. Each alone is allowed and costs next to nothing;
/// a flood of them keeps an event loop from everybody else, and no other limit sees it.
///
/// Requests and data that the client gets give room for more, since an honest client opens windows
/// as it reads; how much of it can be saved up has an end. It logs nothing: a logger is the one
/// place to which Netty's codec tells each frame, those for streams that are gone too.
final class QuietFrames extends Http2FrameLogger {
  private static final long WINDOW_NANOS = 10_000_000_000L;
  private static final int FRAMES_MAX = 1_000;
  private static final int FRAMES_FOR_EACH = 100;
  private static final int FRAMES_SAVED_MAX = 10_000;

  private final LoopState loop;
  private long windowNanos;
  private long left = FRAMES_MAX;
  private int lastStream;

  QuietFrames(LoopState loop) {
    super(LogLevel.TRACE, QuietFrames.class);
    this.loop = loop;
    windowNanos = loop.nowNanos;
  }

  /// @throws IllegalStateException around what to tell the client, as the codec unwraps it
  private void quiet(Direction direction) {
    if (direction == Direction.OUTBOUND) {
      return;
    }
    if (loop.nowNanos - windowNanos > WINDOW_NANOS) {
      windowNanos = loop.nowNanos;
      left = Math.max(left, FRAMES_MAX);
    }
    if (--left < 0) {
      throw new IllegalStateException(
          Http2Exception.connectionError(
              Http2Error.ENHANCE_YOUR_CALM, "too many frames that carry nothing"));
    }
  }

  private void earned() {
    left = Math.min(left + FRAMES_FOR_EACH, FRAMES_SAVED_MAX);
  }

  /// Only what opens a stream is a request: trailers, and headers for a stream that is gone, are
  /// not.
  private void headers(Direction direction, int stream) {
    if (direction == Direction.INBOUND && stream > lastStream) {
      lastStream = stream;
      earned();
    }
  }

  @Override
  public void logData(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      ByteBuf data,
      int padding,
      boolean end) {
    if (direction == Direction.OUTBOUND) {
      earned();
    }
  }

  @Override
  public void logHeaders(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      Http2Headers headers,
      int padding,
      boolean end) {
    headers(direction, stream);
  }

  @Override
  public void logHeaders(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end) {
    headers(direction, stream);
  }

  @Override
  public void logPriority(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      int dependency,
      short weight,
      boolean exclusive) {
    quiet(direction);
  }

  /// Resets have a limit of their own.
  @Override
  public void logRstStream(
      Direction direction, ChannelHandlerContext ctx, int stream, long error) {}

  @Override
  public void logSettingsAck(Direction direction, ChannelHandlerContext ctx) {
    quiet(direction);
  }

  @Override
  public void logSettings(Direction direction, ChannelHandlerContext ctx, Http2Settings settings) {
    quiet(direction);
  }

  @Override
  public void logPing(Direction direction, ChannelHandlerContext ctx, long data) {
    quiet(direction);
  }

  @Override
  public void logPingAck(Direction direction, ChannelHandlerContext ctx, long data) {
    quiet(direction);
  }

  /// The codec refuses it from a client.
  @Override
  public void logPushPromise(
      Direction direction,
      ChannelHandlerContext ctx,
      int stream,
      int promised,
      Http2Headers headers,
      int padding) {}

  @Override
  public void logGoAway(
      Direction direction, ChannelHandlerContext ctx, int last, long error, ByteBuf debug) {
    quiet(direction);
  }

  @Override
  public void logWindowsUpdate(
      Direction direction, ChannelHandlerContext ctx, int stream, int bytes) {
    quiet(direction);
  }

  @Override
  public void logUnknownFrame(
      Direction direction,
      ChannelHandlerContext ctx,
      byte type,
      int stream,
      Http2Flags flags,
      ByteBuf data) {
    quiet(direction);
  }
}
