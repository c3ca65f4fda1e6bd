package dev.topics.engine.record;

import java.util.Arrays;
import java.util.BitSet;

/// Which records of an append are meant: their indexes, ascending. Reused.
public final class Picks {
  private int[] indexes = new int[64];
  private int size;

  public Picks() {}

  public void clear() {
    size = 0;
  }

  public void add(int index) {
    if (size == indexes.length) {
      indexes = Arrays.copyOf(indexes, size * 2);
    }
    indexes[size++] = index;
  }

  /// Adds `first` to `end`, exclusive.
  public void addRange(int first, int end) {
    if (size + end - first > indexes.length) {
      indexes = Arrays.copyOf(indexes, Math.max(size + end - first, size * 2));
    }
    for (int index = first; index < end; index++) {
      indexes[size++] = index;
    }
  }

  public int size() {
    return size;
  }

  public int get(int i) {
    return indexes[i];
  }

  public int first() {
    return indexes[0];
  }

  int last() {
    return indexes[size - 1];
  }

  /// Forgets all but the first `count`.
  public void truncate(int count) {
    size = count;
  }

  /// Whether none is left out between the first and the last.
  boolean isContiguous() {
    return size == 0 || last() - first() + 1 == size;
  }

  /// One bit for each record from the first one on; empty if all of them are meant.
  public BitSet bitmap() {
    BitSet bits = new BitSet();
    if (!isContiguous()) {
      for (int i = 0; i < size; i++) {
        bits.set(indexes[i] - first());
      }
    }
    return bits;
  }

  /// Adds the records that a bitmap means.
  public void addAll(BitSet bitmap, int first) {
    for (int bit = bitmap.nextSetBit(0); bit >= 0; bit = bitmap.nextSetBit(bit + 1)) {
      add(first + bit);
    }
  }
}
