package dev.topics.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;

/// An event that many streams send, put together once, with what stands around it as a chunk of
/// HTTP/1.1: to send it is to pass on a buffer.
///
/// **Threading** one event loop.
public final class SharedEvent {
  private static final byte[] LINE_END = "\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME_BYTES_MAX = 12;

  private final ByteBuf chunk;
  private final int start;
  private final int length;

  private SharedEvent(ByteBuf chunk, int start, int length) {
    this.chunk = chunk;
    this.start = start;
    this.length = length;
  }

  /// The event of `head` and the readable bytes of `body`, to be released by the caller.
  public static SharedEvent of(ByteOutput head, ByteBuf body) {
    int length = head.length() + body.readableBytes();
    ByteBuf chunk = PooledByteBufAllocator.DEFAULT.directBuffer(length + FRAME_BYTES_MAX);
    chunk.writeBytes(Integer.toHexString(length).getBytes(StandardCharsets.US_ASCII));
    chunk.writeBytes(LINE_END);
    int start = chunk.writerIndex();
    head.copyTo(chunk);
    chunk.writeBytes(body, body.readerIndex(), body.readableBytes()).writeBytes(LINE_END);
    return new SharedEvent(chunk, start, length);
  }

  /// How long the event is.
  int length() {
    return length;
  }

  /// It as a chunk, for one stream, which releases it.
  ByteBuf chunk() {
    return chunk.retainedDuplicate();
  }

  /// It alone, for one stream, which releases it.
  ByteBuf event() {
    return chunk.retainedSlice(start, length);
  }

  /// No other stream will send it.
  public void release() {
    chunk.release();
  }
}
