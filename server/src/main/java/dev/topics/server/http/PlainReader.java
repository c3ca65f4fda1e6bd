package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/// Reads plain requests of HTTP/1.1 without objects for their parts, in front of Netty's decoder.
///
/// The first request that is not plain (see [PlainHead]) takes the connection to Netty's decoder
/// for good, with all bytes from its own first on: this handler leaves the pipeline. What repeats
/// itself from head to head is not parsed again (see [LastHead]). A head that has not come whole
/// with the second read is left to Netty's decoder as well, which does not begin anew with each
/// byte.
final class PlainReader extends ChannelInboundHandlerAdapter {
  private final HttpContext context;
  private final LoopState loop;
  private final Http1Connection connection;
  private final LastHead lastHead;
  private @Nullable ByteBuf rest;
  private long bodyBytesLeft;
  private boolean joinedAgain;

  /// The client sends no more, which is told when what it sent before is taken.
  private @Nullable ChannelInputShutdownEvent inputEnd;

  PlainReader(HttpContext context, LoopState loop, Http1Connection connection) {
    this.context = context;
    this.loop = loop;
    this.connection = connection;
    lastHead = new LastHead(loop.parser(), context.options().headBytesMax());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    connection.bytesArrived();
    read(ctx, joined(ctx, (ByteBuf) message));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ByteBuf left = rest;
    if (event == Room.AGAIN && left != null) {
      rest = null;
      read(ctx, left);
      connection.allDecoded();
      if (inputEnd != null && !holdsRequests()) {
        ctx.fireUserEventTriggered(inputEnd);
      }
    } else if (event instanceof ChannelInputShutdownEvent end && holdsRequests()) {
      inputEnd = end;
      connection.sendsNoMore();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  /// Whether requests may have arrived whole that nobody has taken yet.
  private boolean holdsRequests() {
    return rest != null && connection.isFull();
  }

  private ByteBuf joined(ChannelHandlerContext ctx, ByteBuf more) {
    ByteBuf left = rest;
    joinedAgain = left != null;
    if (left == null) {
      return more;
    }
    rest = null;
    int bytes = left.readableBytes() + more.readableBytes();
    ByteBuf both = ctx.alloc().directBuffer(bytes).writeBytes(left).writeBytes(more);
    left.release();
    more.release();
    return both;
  }

  /// Uses up `input` as far as it goes, and keeps, passes on or releases it.
  private void read(ChannelHandlerContext ctx, ByteBuf input) {
    while (input.isReadable()) {
      if (bodyBytesLeft > 0) {
        readBody(input);
      } else if (connection.isFull()) {
        rest = input;
        return;
      } else {
        int used = readRequests(input);
        if (used == PlainHead.OTHER) {
          passOn(ctx, input);
          return;
        } else if (used == PlainHead.INCOMPLETE && joinedAgain) {
          passOn(ctx, input);
          return;
        } else if (used == PlainHead.INCOMPLETE) {
          rest = input;
          return;
        }
      }
    }
    input.release();
  }

  /// Most connections never need Netty's decoder, so it comes when the first one does.
  private void passOn(ChannelHandlerContext ctx, ByteBuf input) {
    Http1Decoder decoder = new Http1Decoder(connection, context.options().headBytesMax());
    ctx.pipeline().addAfter(ctx.name(), null, decoder);
    ctx.fireChannelRead(input);
    if (!ctx.isRemoved()) {
      ctx.pipeline().remove(this);
    }
  }

  private void readBody(ByteBuf input) {
    int count = (int) Math.min(bodyBytesLeft, input.readableBytes());
    connection.content(input.readSlice(count));
    bodyBytesLeft -= count;
    if (bodyBytesLeft == 0) {
      connection.end();
    }
  }

  /// Reads requests out of `input` until it ends, or one is not complete, or not for us.
  ///
  /// @return more than 0 if there was something to use
  private int readRequests(ByteBuf input) {
    byte[] bytes = loop.input;
    int end = Math.min(bytes.length, input.readableBytes());
    input.getBytes(input.readerIndex(), bytes, 0, end);
    int at = 0;
    while (at < end && !connection.isFull()) {
      int bodyStart = lastHead.read(bytes, at, end);
      if (bodyStart <= 0) {
        input.skipBytes(at);
        boolean cut = at == 0 && end == bytes.length;
        return at > 0 ? at : cut ? PlainHead.OTHER : bodyStart;
      }
      RequestHead head = lastHead.head();
      if (head.bodyBytes() > end - bodyStart) {
        input.skipBytes(bodyStart);
        bodyBytesLeft = head.bodyBytes();
        connection.head(head);
        return bodyStart;
      }
      at = bodyStart + (int) head.bodyBytes();
      connection.request(head, bytes, bodyStart, at);
    }
    input.skipBytes(at);
    return at;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf left = rest;
    if (left != null) {
      rest = null;
      left.release();
    }
  }
}
