package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts the frames that a client sends together to messages.
///
/// A message that is binary, longer than allowed, or for which there is no room beside all other
/// bodies is read past, and refused at its end, so that one mistake does not cost the connection. A
/// single frame that is longer ends it: nobody wants to wait for the rest.
final class WebSocketInput extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(WebSocketInput.class);
  private static final int NO_STATUS = 1005;

  /// A message is held in memory as a whole, for each of many sockets.
  private static final int MESSAGE_BYTES_MAX = 8 << 20;

  private final WebSocket socket;
  private final Http1Connection connection;
  private final BodyBudget budget;
  private @Nullable ByteBuf message;
  private long takenBytes;
  private @Nullable Problem verdict;

  private WebSocketInput(WebSocket socket, Http1Connection connection, BodyBudget budget) {
    this.socket = socket;
    this.connection = connection;
    this.budget = budget;
  }

  /// Puts frames in the place of requests.
  static void install(
      ChannelPipeline pipeline, WebSocket socket, Http1Connection connection, BodyBudget budget) {
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(MESSAGE_BYTES_MAX)
            .expectMaskedFrames(true)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false)
            .build();
    pipeline.addLast(
        new WebSocketFrames(config, socket, budget),
        new WebSocketInput(socket, connection, budget));
    for (Class<? extends ChannelHandler> reader :
        List.of(Http1Reader.class, Http1Decoder.class, PlainReader.class)) {
      if (pipeline.get(reader) != null) {
        pipeline.remove(reader);
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object received) {
    try {
      switch ((WebSocketFrame) received) {
        case TextWebSocketFrame text -> add(ctx, text);
        case ContinuationWebSocketFrame more -> add(ctx, more);
        case BinaryWebSocketFrame binary -> {
          verdict = Problem.invalid("messages are JSON text, not binary");
          add(ctx, binary);
        }
        case PingWebSocketFrame ping -> socket.ping(ping.content());
        case CloseWebSocketFrame close -> {
          int code = close.statusCode();
          socket.closeReceived(code < 0 || code == NO_STATUS ? WebSocket.NORMAL : code);
        }
        case WebSocketFrame _ -> {}
      }
    } finally {
      ReferenceCountUtil.release(received);
    }
  }

  private void add(ChannelHandlerContext ctx, WebSocketFrame frame) {
    ByteBuf begun = message;
    ByteBuf content = frame.content();
    int bytes = content.readableBytes() + (begun == null ? 0 : begun.readableBytes());
    if (verdict == null && bytes > MESSAGE_BYTES_MAX) {
      verdict = tooLong();
    }
    if (verdict == null) {
      verdict = take(content.readableBytes());
    }
    if (verdict == null) {
      if (begun == null) {
        begun = ctx.alloc().heapBuffer(content.readableBytes());
        message = begun;
      }
      begun.writeBytes(content);
    }
    if (frame.isFinalFragment()) {
      end();
    }
  }

  /// Takes `bytes` of the budget; returns why not if that is not possible.
  private @Nullable Problem take(int bytes) {
    try {
      budget.take(bytes);
      takenBytes += bytes;
      return null;
    } catch (Rejected e) {
      return e.problem();
    }
  }

  private Problem tooLong() {
    return Problem.of(
            ErrorCode.PAYLOAD_TOO_LARGE,
            "a message may have %d bytes; this one has more".formatted(MESSAGE_BYTES_MAX))
        .with("max_bytes", MESSAGE_BYTES_MAX);
  }

  private void end() {
    ByteBuf whole = message;
    Problem refusal = verdict;
    message = null;
    verdict = null;
    try {
      if (refusal != null) {
        socket.refuse(refusal);
      } else if (whole != null) {
        int start = whole.arrayOffset() + whole.readerIndex();
        socket.text(whole.array(), start, start + whole.readableBytes());
      }
    } finally {
      release(whole);
    }
  }

  private void release(@Nullable ByteBuf collected) {
    if (collected != null) {
      collected.release();
    }
    budget.give(takenBytes);
    takenBytes = 0;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    socket.flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connection.closed();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      socket.inputShut();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      int code = corrupted.closeStatus().code();
      Problem problem =
          code == WebSocket.TOO_BIG
              ? tooLong()
              : Problem.invalid("this is not a well-formed WebSocket frame");
      socket.refuse(problem);
      socket.close(code, problem.message());
    } else {
      if (!(cause instanceof IOException)) {
        log.error("a WebSocket failed and is closed", cause);
      }
      connection.abort();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    ByteBuf begun = message;
    message = null;
    release(begun);
  }
}
