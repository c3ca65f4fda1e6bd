package dev.topics.engine.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes state as a stream of numbers and bytes, cut into chunks of a checkpoint.
///
/// A number takes as many bytes as it needs: 7 bits in each, the low ones first; bit 7 says that
/// more follow. It has no sign: a negative one is what its bits say without, and takes all bytes.
/// With many topics a checkpoint is as large as the journal behind it, and nearly all of its
/// numbers are small.
///
/// **Threading** One thread at a time.
public final class StateWriter {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int FIRST_BYTES = 16 << 10;
  private static final int NUMBER_BYTES_MAX = 10;
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  /// Takes the chunks.
  public interface Sink {
    void chunk(MemorySegment bytes) throws IOException;
  }

  private final Sink sink;

  /// Grows to the size of a chunk: most stores have little state.
  private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES);

  public StateWriter(Sink sink) {
    this.sink = sink;
  }

  public void putByte(int value) throws IOException {
    room(Byte.BYTES).put((byte) value);
  }

  /// Four bytes, little-endian: what says how the rest is to be read.
  public void putVersion(int version) throws IOException {
    room(Integer.BYTES).putInt(Integer.reverseBytes(version));
  }

  public void putInt(int value) throws IOException {
    putLong(Integer.toUnsignedLong(value));
  }

  public void putLong(long value) throws IOException {
    ByteBuffer to = room(NUMBER_BYTES_MAX);
    long rest = value;
    while ((rest & -MORE) != 0) {
      to.put((byte) (rest | MORE));
      rest >>>= BITS;
    }
    to.put((byte) rest);
  }

  /// Each `step`-th of `values` from the one at `first` on, `count` of them, which grow: what each
  /// adds to the one before.
  void putGrowing(int[] values, int first, int step, int count) throws IOException {
    int before = 0;
    for (int i = 0; i < count; i++) {
      int value = values[first + i * step];
      putInt(value - before);
      before = value;
    }
  }

  /// Their number, and the first `count` of `values`.
  void putLongs(long[] values, int count) throws IOException {
    putInt(count);
    for (int i = 0; i < count; i++) {
      putLong(values[i]);
    }
  }

  /// Their number, and the bytes.
  public void putBytes(byte[] bytes) throws IOException {
    putInt(bytes.length);
    int at = 0;
    while (at < bytes.length) {
      int piece = Math.min(room(1).remaining(), bytes.length - at);
      buffer.put(bytes, at, piece);
      at += piece;
    }
  }

  public void putText(String text) throws IOException {
    putBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Hands over what has not gone yet.
  public void finish() throws IOException {
    if (buffer.position() > 0) {
      sink.chunk(MemorySegment.ofBuffer(buffer.flip()));
      buffer.clear();
    }
  }

  private ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      if (buffer.capacity() == CHUNK_BYTES) {
        finish();
      } else {
        ByteBuffer larger = ByteBuffer.allocate(Math.min(CHUNK_BYTES, 4 * buffer.capacity()));
        buffer = larger.put(buffer.flip());
      }
    }
    return buffer;
  }
}
