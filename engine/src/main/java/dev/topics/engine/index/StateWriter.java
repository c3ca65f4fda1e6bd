package dev.topics.engine.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
  private byte[] buffer = new byte[FIRST_BYTES];

  private int end;

  public StateWriter(Sink sink) {
    this.sink = sink;
  }

  public void putByte(int value) throws IOException {
    makeRoom(Byte.BYTES);
    buffer[end++] = (byte) value;
  }

  /// Four bytes, little-endian: what says how the rest is to be read.
  public void putVersion(int version) throws IOException {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      putByte(version >>> shift);
    }
  }

  public void putInt(int value) throws IOException {
    putLong(Integer.toUnsignedLong(value));
  }

  public void putLong(long value) throws IOException {
    makeRoom(NUMBER_BYTES_MAX);
    byte[] to = buffer;
    int at = end;
    long rest = value;
    while ((rest & -MORE) != 0) {
      to[at++] = (byte) (rest | MORE);
      rest >>>= BITS;
    }
    to[at++] = (byte) rest;
    end = at;
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
      makeRoom(1);
      int piece = Math.min(buffer.length - end, bytes.length - at);
      System.arraycopy(bytes, at, buffer, end, piece);
      end += piece;
      at += piece;
    }
  }

  public void putText(String text) throws IOException {
    putBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Hands over what has not gone yet.
  public void finish() throws IOException {
    if (end > 0) {
      sink.chunk(MemorySegment.ofArray(buffer).asSlice(0, end));
      end = 0;
    }
  }

  private void makeRoom(int bytes) throws IOException {
    if (buffer.length - end < bytes) {
      if (buffer.length == CHUNK_BYTES) {
        finish();
      } else {
        buffer = Arrays.copyOf(buffer, Math.min(CHUNK_BYTES, 4 * buffer.length));
      }
    }
  }
}
