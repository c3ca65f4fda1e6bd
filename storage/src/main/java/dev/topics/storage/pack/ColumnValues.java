package dev.topics.storage.pack;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// All values of a column as an array, for a look at each of them: a loop over an array takes a
/// tenth of the time of one over a segment, and less if it has no branch. Reused: [#load] fills it
/// anew.
final class ColumnValues {
  private byte[] narrow = new byte[0];
  private short[] middle = new short[0];
  private int[] values = new int[0];
  private int[] next = new int[0];
  private int count;

  /// Takes `count` values of `width` bytes each from `at` on: 1, 2 or 4, or 0 where all are 0.
  /// Those of 4 bytes may be below 0.
  ColumnValues load(MemorySegment from, long at, int width, int count) {
    this.count = count;
    if (values.length < count) {
      values = new int[count];
    }
    switch (width) {
      case 0 -> Arrays.fill(values, 0, count, 0);
      case 1 -> widenBytes(from, at);
      case 2 -> widenShorts(from, at);
      default -> MemorySegment.copy(from, PackLayout.U32, at, values, 0, count);
    }
    return this;
  }

  private void widenBytes(MemorySegment from, long at) {
    if (narrow.length < count) {
      narrow = new byte[count];
    }
    MemorySegment.copy(from, JAVA_BYTE, at, narrow, 0, count);
    for (int i = 0; i < count; i++) {
      values[i] = narrow[i] & 0xFF;
    }
  }

  private void widenShorts(MemorySegment from, long at) {
    if (middle.length < count) {
      middle = new short[count];
    }
    MemorySegment.copy(from, PackLayout.U16, at, middle, 0, count);
    for (int i = 0; i < count; i++) {
      values[i] = middle[i] & 0xFFFF;
    }
  }

  int count() {
    return count;
  }

  int get(int i) {
    return values[i];
  }

  /// The last value, 0 if there is none.
  int last() {
    return count == 0 ? 0 : values[count - 1];
  }

  /// Whether the first value is `least`, which is not below 0, or more, and each of the others at
  /// least `step` above the one before it.
  boolean rise(int least, int step) {
    if (count == 0) {
      return true;
    }
    if (next.length < count) {
      next = new int[count];
    }
    // The compiler makes a loop wide if it reads two arrays, but not if it reads one twice.
    System.arraycopy(values, 1, next, 0, count - 1);
    int wrong = values[0] - least;
    for (int i = 0; i < count - 1; i++) {
      int rise = next[i] - values[i];
      // Two values that are not below 0 have a difference that fits.
      wrong |= values[i] | rise | (rise - step);
    }
    return (wrong | values[count - 1]) >= 0;
  }

  /// Whether no value is below 0 or above `most`, which is not below 0.
  boolean areWithin(int most) {
    int wrong = 0;
    for (int i = 0; i < count; i++) {
      wrong |= values[i] | (most - values[i]);
    }
    return wrong >= 0;
  }

  /// How many values are not 0.
  int present() {
    int present = 0;
    for (int i = 0; i < count; i++) {
      present += (values[i] | -values[i]) >>> 31;
    }
    return present;
  }
}
