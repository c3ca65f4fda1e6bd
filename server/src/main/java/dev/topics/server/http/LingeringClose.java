package dev.topics.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// Lets the close of a connection linger, whoever asks for it: what was written goes out, the
/// output is shut, and input is thrown away until the client closes or a deadline passes. Closed
/// with unread input, a socket sends a reset, and the reset eats what was said last.
///
/// It stands at the head of the pipeline, next to the socket.
final class LingeringClose extends ChannelDuplexHandler {
  private static final long LINGER_SECONDS = 3;

  private boolean closing;
  private boolean lingering;
  private boolean inputShut;

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    ChannelFuture closed = ctx.channel().closeFuture();
    var _ = closed.addListener(_ -> promise.trySuccess());
    if (!closing) {
      closing = true;
      Runnable end =
          () -> {
            var _ = ctx.close();
          };
      var deadline = ctx.executor().schedule(end, LINGER_SECONDS, TimeUnit.SECONDS);
      var _ = closed.addListener(_ -> deadline.cancel(false));
      var _ = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> linger(ctx));
    }
  }

  private void linger(ChannelHandlerContext ctx) {
    if (!inputShut && ctx.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
      lingering = true;
      var _ = duplex.shutdownOutput();
      duplex.config().setAutoRead(true);
    } else {
      var _ = ctx.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputShut = true;
      if (lingering) {
        var _ = ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }
}
