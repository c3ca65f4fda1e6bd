package dev.topics.engine.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads what a [StateWriter] wrote: first takes all chunks, then gives the values back.
///
/// A value is never cut by the end of a chunk, a row of bytes may be.
///
/// **Threading** One thread at a time.
public final class StateReader {
  private final List<ByteBuffer> chunks = new ArrayList<>();
  private int next;
  private ByteBuffer current = ByteBuffer.allocate(0);

  public StateReader() {}

  /// Takes the next chunk, which is copied.
  public void chunk(MemorySegment bytes) {
    byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
    chunks.add(ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN));
  }

  public int getByte() {
    return chunk().get();
  }

  public int getInt() {
    return chunk().getInt();
  }

  public long getLong() {
    return chunk().getLong();
  }

  long[] getLongs() {
    long[] values = new long[getInt()];
    for (int i = 0; i < values.length; i++) {
      values[i] = getLong();
    }
    return values;
  }

  public byte[] getBytes() {
    byte[] bytes = new byte[getInt()];
    int at = 0;
    while (at < bytes.length) {
      int piece = Math.min(chunk().remaining(), bytes.length - at);
      current.get(bytes, at, piece);
      at += piece;
    }
    return bytes;
  }

  public String getText() {
    return new String(getBytes(), StandardCharsets.UTF_8);
  }

  private ByteBuffer chunk() {
    if (!current.hasRemaining() && next < chunks.size()) {
      current = chunks.set(next++, ByteBuffer.allocate(0));
    }
    return current;
  }
}
