package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U32;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.storage.search.Bisection;
import java.lang.foreign.MemorySegment;

/// A view of distinct texts in the order of their bytes: their ends, 4 bytes each, then the texts
/// back to back. Reused: [#wrap] moves it.
final class Texts {
  private MemorySegment bytes = MemorySegment.NULL;
  private long endsAt;
  private long textAt;
  private int count;
  private int textBytes;

  /// Returns the end; fails with [IllegalArgumentException] if that lies beyond the segment.
  long wrap(MemorySegment bytes, long at, int count, int textBytes) {
    this.bytes = bytes;
    this.count = count;
    this.textBytes = textBytes;
    endsAt = at;
    textAt = at + (long) count * Integer.BYTES;
    long end = textAt + textBytes;
    if (count < 0 || textBytes < 0 || end > bytes.byteSize()) {
      throw new IllegalArgumentException("the texts make no sense");
    }
    return end;
  }

  int count() {
    return count;
  }

  MemorySegment segment() {
    return bytes;
  }

  /// Where text `i` starts in [#segment].
  long start(int i) {
    return textAt + (i == 0 ? 0 : end(i - 1));
  }

  int length(int i) {
    return end(i) - (i == 0 ? 0 : end(i - 1));
  }

  private int end(int i) {
    return bytes.get(U32, endsAt + (long) i * Integer.BYTES);
  }

  /// Whether every end lies where it can: after that, no text leads out of bounds.
  boolean areWithin(ColumnValues scratch) {
    ColumnValues ends = scratch.load(bytes, endsAt, Integer.BYTES, count);
    return ends.rise(0, 0) && ends.last() == textBytes;
  }

  /// Whether each text is above the one before it.
  boolean areInOrder() {
    for (int i = 1; i < count; i++) {
      if (compare(i - 1, i) >= 0) {
        return false;
      }
    }
    return true;
  }

  private int compare(int i, int other) {
    int common = Math.min(length(i), length(other));
    for (int k = 0; k < common; k++) {
      int difference = byteAt(i, k) - byteAt(other, k);
      if (difference != 0) {
        return difference;
      }
    }
    return length(i) - length(other);
  }

  private int byteAt(int i, int k) {
    return bytes.get(JAVA_BYTE, start(i) + k) & 0xFF;
  }

  /// The first text at or above `key`; [#count] if there is none.
  int atOrAbove(byte[] key) {
    return Bisection.first(0, count, i -> compare(i, key) < 0);
  }

  private int compare(int i, byte[] key) {
    int common = Math.min(length(i), key.length);
    for (int k = 0; k < common; k++) {
      int difference = byteAt(i, k) - (key[k] & 0xFF);
      if (difference != 0) {
        return difference;
      }
    }
    return length(i) - key.length;
  }

  /// Whether text `i` is `key`, or starts with it.
  boolean matches(int i, byte[] key, boolean asPrefix) {
    int length = length(i);
    if (asPrefix ? length < key.length : length != key.length) {
      return false;
    }
    for (int k = 0; k < key.length; k++) {
      if (byteAt(i, k) != (key[k] & 0xFF)) {
        return false;
      }
    }
    return true;
  }
}
