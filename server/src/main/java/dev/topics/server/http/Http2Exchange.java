package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Locale;
import java.util.Map;

/// A request of an HTTP/2 connection.
final class Http2Exchange extends Exchange {
  private final ChannelHandlerContext ctx;
  private final Http2Request request;

  Http2Exchange(
      HttpContext context,
      LoopState loop,
      RequestHead head,
      ChannelHandlerContext ctx,
      Http2Request request) {
    super(context, loop, head);
    this.ctx = ctx;
    this.request = request;
  }

  @Override
  public Peer peer() {
    return request.peer();
  }

  @Override
  void write(int status, String contentType, Map<String, String> headers, ByteOutput bytes) {
    ByteBuf body = loop().allocator.directBuffer(Math.max(1, bytes.length()));
    bytes.copyTo(body);
    write(status, contentType, headers, false, body);
  }

  @Override
  void write(
      int status, String contentType, Map<String, String> headers, boolean gzip, ByteBuf bytes) {
    Http2Headers fields = new DefaultHttp2Headers(false);
    fields.status(Integer.toString(status));
    fields.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    fields.set(HttpHeaderNames.DATE, loop().heads.date());
    fields.setInt(HttpHeaderNames.CONTENT_LENGTH, bytes.readableBytes());
    if (gzip) {
      fields.set(HttpHeaderNames.CONTENT_ENCODING, "gzip");
      fields.set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
    }
    headers.forEach((name, value) -> fields.set(name.toLowerCase(Locale.ROOT), value));
    boolean bodyless = method() == Method.HEAD || !bytes.isReadable();
    if (bodyless) {
      bytes.release();
      request.answering(ctx.writeAndFlush(new DefaultHttp2HeadersFrame(fields, true)), 0, 0);
    } else {
      var _ = ctx.write(new DefaultHttp2HeadersFrame(fields, false));
      writeBody(bytes);
    }
  }

  private void writeBody(ByteBuf bytes) {
    int size = bytes.readableBytes();
    int heldBytes = bytes.capacity();
    while (bytes.readableBytes() > Http2Stream.PIECE_BYTES) {
      ByteBuf piece = bytes.readRetainedSlice(Http2Stream.PIECE_BYTES);
      var _ =
          ctx.write(new DefaultHttp2DataFrame(piece, false)).addListener(_ -> request.pieceTaken());
    }
    ChannelFuture written = ctx.writeAndFlush(new DefaultHttp2DataFrame(bytes, true));
    request.answering(written, size, heldBytes);
  }

  @Override
  StreamWire wire() {
    return new Http2Stream(this, ctx);
  }

  /// WebSocket over HTTP/2 (RFC 8441) is not offered: the handshake asks for HTTP/1.1.
  @Override
  WebSocket upgrade(String accept, SocketHandler handler) {
    throw Problem.invalid("WebSocket is spoken over HTTP/1.1 here").rejected();
  }

  /// The last byte of a stream is on its way.
  void streamEnded() {
    request.streamEnded();
  }
}
