package dev.topics.server.api;

import dev.topics.engine.model.RecordSink;
import dev.topics.server.http.ByteOutput;
import io.netty.buffer.ByteBuf;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// A buffer that records are read into, each stretch copied once, and that learns how large the
/// next one should be.
///
/// **Threading** one per event loop. [#open], then bytes, then [#take] or [#drop].
final class RecordBuffer implements RecordSink {
  private static final int BYTES_MIN = 1 << 10;
  private static final int BYTES_MAX = 1 << 20;

  private @Nullable ByteBuf buffer;
  private MemorySegment memory = MemorySegment.NULL;
  private int bytesMax;
  private int start;
  private int end;
  private int likelyBytes = BYTES_MIN;

  /// Starts with a buffer of the size that is given to `allocator`.
  ///
  /// @param bytesMax what it will hold at most, unless one record is longer
  void open(IntFunction<ByteBuf> allocator, int bytesMax) {
    ByteBuf target = allocator.apply(Math.min(likelyBytes, bytesMax));
    this.bytesMax = bytesMax;
    buffer = target;
    start = target.readerIndex();
    end = start;
    memory = MemorySegment.ofBuffer(target.nioBuffer(0, target.capacity()));
  }

  @Override
  public void write(MemorySegment source, long offset, int length) {
    reserve(length);
    MemorySegment.copy(source, offset, memory, end, length);
    end += length;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    reserve(length);
    MemorySegment.copy(source, offset, memory, ValueLayout.JAVA_BYTE, end, length);
    end += length;
  }

  void append(ByteOutput out) {
    reserve(out.length());
    out.copyTo(memory, end);
    end += out.length();
  }

  private void reserve(int length) {
    if (memory.byteSize() - end < length) {
      ByteBuf target = Objects.requireNonNull(buffer);
      int needed = end + length;
      int capacity =
          needed > bytesMax
              ? needed + BYTES_MIN
              : Math.min(Math.max(2 * target.capacity(), needed), bytesMax);
      target.writerIndex(end).capacity(capacity);
      memory = MemorySegment.ofBuffer(target.nioBuffer(0, target.capacity()));
    }
  }

  /// The bytes; the buffer is the caller's then.
  ByteBuf take() {
    ByteBuf target = Objects.requireNonNull(buffer);
    buffer = null;
    memory = MemorySegment.NULL;
    adapt(end - start);
    return target.setIndex(start, end);
  }

  /// The next answer is probably as large as the last ones: grow at once, shrink slowly.
  private void adapt(int bytes) {
    int roomy = bytes + bytes / 8;
    int next = roomy > likelyBytes ? roomy : likelyBytes - (likelyBytes - roomy) / 8;
    likelyBytes = Math.clamp(next, BYTES_MIN, BYTES_MAX);
  }

  /// Gives the buffer back if nobody took it.
  void drop() {
    ByteBuf unused = buffer;
    if (unused != null) {
      buffer = null;
      memory = MemorySegment.NULL;
      unused.release();
    }
  }
}
