package dev.topics.bench.remote;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A range of a byte array, compared by content; the array is shared and must not change.
public final class Bytes {
  /// No bytes: an absent field.
  public static final Bytes NONE = new Bytes(new byte[0], 0, 0);

  private final byte[] array;
  private final int start;
  private final int end;

  private Bytes(byte[] array, int start, int end) {
    this.array = array;
    this.start = start;
    this.end = end;
  }

  /// The range `[start, end)` of `array`, not copied.
  public static Bytes range(byte[] array, int start, int end) {
    if (start < 0 || end < start || end > array.length) {
      throw new IndexOutOfBoundsException(start + ".." + end + " of " + array.length);
    }
    return new Bytes(array, start, end);
  }

  public static Bytes of(byte[] array) {
    return new Bytes(array, 0, array.length);
  }

  public static Bytes utf8(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  public int size() {
    return end - start;
  }

  public boolean isEmpty() {
    return end == start;
  }

  /// The same content in an array of its own, so that a large array behind it can go.
  public Bytes copy() {
    return of(toArray());
  }

  public byte[] toArray() {
    return Arrays.copyOfRange(array, start, end);
  }

  public void writeTo(OutputStream out) throws IOException {
    out.write(array, start, end - start);
  }

  /// A cursor over these bytes, which must be well-formed JSON.
  public JsonCursor json() {
    return new JsonCursor(array, start, end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that
        && Arrays.equals(array, start, end, that.array, that.start, that.end);
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (int i = start; i < end; i++) {
      hash = 31 * hash + array[i];
    }
    return hash;
  }

  /// The content as UTF-8 text.
  @Override
  public String toString() {
    return new String(array, start, end - start, StandardCharsets.UTF_8);
  }
}
