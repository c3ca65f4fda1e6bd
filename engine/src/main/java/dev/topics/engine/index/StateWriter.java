package dev.topics.engine.index;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Writes state as a stream of little-endian numbers, cut into chunks of a checkpoint.
///
/// **Threading** One thread at a time.
public final class StateWriter {
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int FIRST_BYTES = 16 << 10;

  /// Takes the chunks.
  public interface Sink {
    void chunk(MemorySegment bytes) throws IOException;
  }

  private final Sink sink;

  /// Grows to the size of a chunk: most stores have little state.
  private ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  public StateWriter(Sink sink) {
    this.sink = sink;
  }

  public void putByte(int value) throws IOException {
    room(Byte.BYTES).put((byte) value);
  }

  public void putInt(int value) throws IOException {
    room(Integer.BYTES).putInt(value);
  }

  public void putLong(long value) throws IOException {
    room(Long.BYTES).putLong(value);
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
        buffer = larger.order(ByteOrder.LITTLE_ENDIAN).put(buffer.flip());
      }
    }
    return buffer;
  }
}
