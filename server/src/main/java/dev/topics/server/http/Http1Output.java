package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import org.jspecify.annotations.Nullable;

/// What goes out on a connection of HTTP/1.1, a WebSocket included: small pieces are collected in
/// one buffer.
///
/// **Threading** the event loop of the connection.
final class Http1Output {
  private static final int COLLECTED_BYTES = 4096;

  private final LoopState loop;
  private final Channel channel;
  private final UnsentAnswers unsent;
  private @Nullable ByteBuf collected;

  Http1Output(LoopState loop, Channel channel, UnsentAnswers unsent) {
    this.loop = loop;
    this.channel = channel;
    this.unsent = unsent;
  }

  /// Room for `bytes` in a buffer that goes out with the next flush.
  ByteBuf room(int bytes) {
    ByteBuf target = collected;
    if (target == null || target.writableBytes() < bytes) {
      passOn();
      target = loop.allocator.directBuffer(Math.max(bytes, COLLECTED_BYTES));
      collected = target;
    }
    return target;
  }

  /// Whether nothing is collected.
  boolean isEmpty() {
    return collected == null;
  }

  /// Passes on bytes behind those in [#room].
  void write(ByteBuf bytes) {
    passOn();
    var _ = channel.write(bytes, channel.voidPromise());
  }

  /// The same with an answer, which counts among those that clients have not taken.
  void writeAnswer(ByteBuf bytes) {
    passOn();
    unsent.write(channel, bytes);
  }

  private void passOn() {
    ByteBuf full = collected;
    if (full != null) {
      collected = null;
      unsent.write(channel, full);
    }
  }

  /// Sends what was written.
  void flush() {
    passOn();
    channel.flush();
  }

  /// Sends what was written, and tells when all of it has been taken, or never will be.
  ChannelFuture flushed() {
    passOn();
    return channel.writeAndFlush(Unpooled.EMPTY_BUFFER);
  }

  /// Runs `action` some time after everything passed on so far has been taken; never if it is not.
  void whenSent(Runnable action) {
    var _ =
        channel
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(done -> {
              if (done.isSuccess()) {
                loop.loop.execute(action);
              }
            });
  }

  /// How much was written and not taken yet; 0 for nothing at all.
  long unsentBytes() {
    ByteBuf waiting = collected;
    ChannelOutboundBuffer passedOn = channel.unsafe().outboundBuffer();
    long pending = waiting == null ? 0 : waiting.readableBytes();
    return passedOn == null
        ? pending
        : pending + passedOn.totalPendingWriteBytes() - passedOn.currentProgress();
  }

  /// The connection is gone, and so is what was collected.
  void drop() {
    ByteBuf lost = collected;
    if (lost != null) {
      collected = null;
      lost.release();
    }
  }
}
