package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;

/// Stands in front of TLS and tells a client that speaks plain HTTP what it should do instead.
final class TlsStart extends ChannelInboundHandlerAdapter {
  private static final String ANSWER =
      "this port speaks TLS: use https:// where you used http://\n";

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    int first = bytes.getByte(bytes.readerIndex());
    if (first < 'A' || first > 'Z') {
      ctx.fireChannelRead(message);
      ctx.pipeline().remove(this);
      return;
    }
    bytes.release();
    ctx.channel().config().setAutoRead(false);
    String answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n"
            + "Content-Length: "
            + ANSWER.length()
            + "\r\n\r\n"
            + ANSWER;
    var _ =
        ctx.writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII))
            .addListener(ChannelFutureListener.CLOSE);
  }
}
