package dev.topics.engine.topic;

import java.util.Arrays;

/// Ascending ranges of seqs, both ends inclusive.
final class SeqRanges {
  private long[] bounds = new long[2];
  private int size;

  /// Adds `seq`, which lies above all that were added before.
  void add(long seq) {
    addRange(seq, seq);
  }

  /// Adds a range, which lies above all that were added before.
  void addRange(long first, long last) {
    if (size > 0 && bounds[2 * size - 1] + 1 == first) {
      bounds[2 * size - 1] = last;
      return;
    }
    if (2 * size == bounds.length) {
      bounds = Arrays.copyOf(bounds, bounds.length * 2);
    }
    bounds[2 * size] = first;
    bounds[2 * size + 1] = last;
    size++;
  }

  int size() {
    return size;
  }

  long first(int i) {
    return bounds[2 * i];
  }

  long last(int i) {
    return bounds[2 * i + 1];
  }
}
