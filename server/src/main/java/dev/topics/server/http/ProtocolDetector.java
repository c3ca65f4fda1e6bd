package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Stands in front of an HTTP/1.1 pipeline and turns it into HTTP/2 if the connection begins with
/// the preface of HTTP/2 (prior knowledge).
final class ProtocolDetector extends ChannelInboundHandlerAdapter {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII);

  private final HttpContext context;
  private final LoopState loop;
  private final Http1Connection connection;
  private @Nullable ByteBuf begin;

  ProtocolDetector(HttpContext context, LoopState loop, Http1Connection connection) {
    this.context = context;
    this.loop = loop;
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    ByteBuf before = begin;
    if (before != null) {
      bytes = before.writeBytes(bytes);
      ((ByteBuf) message).release();
      begin = null;
    }
    int length = Math.min(PREFACE.length, bytes.readableBytes());
    for (int i = 0; i < length; i++) {
      if (bytes.getByte(bytes.readerIndex() + i) != PREFACE[i]) {
        pass(ctx, bytes);
        return;
      }
    }
    if (length == PREFACE.length) {
      speakHttp2(ctx.pipeline());
      pass(ctx, bytes);
    } else if (before != null) {
      begin = bytes;
    } else {
      begin = ctx.alloc().buffer(PREFACE.length).writeBytes(bytes);
      bytes.release();
    }
  }

  private void pass(ChannelHandlerContext ctx, ByteBuf bytes) {
    ctx.fireChannelRead(bytes);
    ctx.pipeline().remove(this);
  }

  private void speakHttp2(ChannelPipeline pipeline) {
    connection.closed();
    pipeline.remove(PlainReader.class);
    pipeline.remove(Http1Reader.class);
    new Http2Connection(context, loop, connection.peer()).install(pipeline);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf rest = begin;
    if (rest != null) {
      begin = null;
      rest.release();
    }
  }
}
