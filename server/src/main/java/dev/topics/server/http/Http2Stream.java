package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Locale;

/// A stream over HTTP/2: DATA frames, sent as far as the windows of the client allow.
final class Http2Stream implements StreamWire {
  /// Bytes go in pieces of this size, so that a slow client is seen to make progress.
  static final int PIECE_BYTES = 16 << 10;

  private final Http2Exchange exchange;
  private final ChannelHandlerContext ctx;
  private long unsentBytes;

  Http2Stream(Http2Exchange exchange, ChannelHandlerContext ctx) {
    this.exchange = exchange;
    this.ctx = ctx;
  }

  @Override
  public void open(String contentType) {
    Http2Headers fields = new DefaultHttp2Headers(false);
    fields.status("200");
    fields.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    fields.set(HttpHeaderNames.DATE, exchange.loop().heads.date());
    exchange
        .request()
        .shown(HeadBlocks.STREAM_FIELDS)
        .forEach((name, value) -> fields.set(name.toLowerCase(Locale.ROOT), value));
    boolean headOnly = exchange.method() == Method.HEAD;
    var _ = ctx.write(new DefaultHttp2HeadersFrame(fields, headOnly));
  }

  @Override
  public void write(ByteOutput head, ByteBuf body) {
    if (head.length() > 0) {
      ByteBuf copy = exchange.loop().allocator.directBuffer(head.length());
      head.copyTo(copy);
      writePieces(copy);
    }
    if (body.isReadable()) {
      writePieces(body.retainedSlice());
    }
  }

  @Override
  public void write(SharedEvent event) {
    writePieces(event.event());
  }

  private void writePieces(ByteBuf bytes) {
    while (bytes.readableBytes() > PIECE_BYTES) {
      writePiece(bytes.readRetainedSlice(PIECE_BYTES));
    }
    writePiece(bytes);
  }

  private void writePiece(ByteBuf bytes) {
    int size = bytes.readableBytes();
    unsentBytes += size;
    var _ =
        ctx.write(new DefaultHttp2DataFrame(bytes, false))
            .addListener(done -> {
              unsentBytes -= size;
              if (unsentBytes == 0) {
                exchange.streamTaken();
              }
            });
  }

  @Override
  public void flush() {
    ctx.flush();
  }

  @Override
  public long unsentBytes() {
    return unsentBytes;
  }

  @Override
  public void end() {
    if (exchange.method() != Method.HEAD) {
      var _ = ctx.write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
    }
    ctx.flush();
    exchange.streamEnded();
  }

  @Override
  public void abort() {
    var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
  }
}
