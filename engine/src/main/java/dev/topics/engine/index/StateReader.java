package dev.topics.engine.index;

import dev.topics.engine.model.InconsistentLogException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads what a [StateWriter] wrote: first takes all chunks, then gives the values back.
///
/// A value is never cut by the end of a chunk, a row of bytes may be. Before version 2 a number had
/// a fixed width: that of an int or a long.
///
/// **Threading** One thread at a time.
public final class StateReader {
  private static final int VERSION_WITH_FIXED_NUMBERS = 1;
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  private final List<ByteBuffer> chunks = new ArrayList<>();
  private int next;
  private boolean fixedNumbers;
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

  /// What [StateWriter#putVersion] wrote; from here on it decides how numbers are read.
  public int getVersion() {
    int version = chunk().getInt();
    fixedNumbers = version == VERSION_WITH_FIXED_NUMBERS;
    return version;
  }

  public int getInt() {
    return fixedNumbers ? chunk().getInt() : (int) number();
  }

  public long getLong() {
    return fixedNumbers ? chunk().getLong() : number();
  }

  private long number() {
    ByteBuffer in = chunk();
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      byte bits = in.get();
      value |= (long) (bits & (MORE - 1)) << shift;
      if (bits >= 0) {
        return value;
      }
    }
    throw new InconsistentLogException("a number without an end");
  }

  /// What [StateWriter#putGrowing] wrote; with numbers of a fixed width the values themselves.
  void getGrowing(int[] values, int first, int step, int count) {
    int before = 0;
    for (int i = 0; i < count; i++) {
      int value = getInt() + before;
      values[first + i * step] = value;
      before = fixedNumbers ? 0 : value;
    }
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
