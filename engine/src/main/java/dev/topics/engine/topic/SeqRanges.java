package dev.topics.engine.topic;

import java.util.Arrays;

/// Ascending ranges of seqs, both ends inclusive, and the payload bytes that go with each.
///
/// Ranges that are added seq by seq never reach from one window of [SeqSet] into the next.
final class SeqRanges {
  private long[] bounds = new long[2];
  private long[] bytes = new long[1];
  private int size;

  /// Adds `seq`, which lies above all that were added before.
  void add(long seq, long payloadBytes) {
    if (size > 0 && last(size - 1) + 1 == seq && SeqSet.inSameWindow(first(size - 1), seq)) {
      bounds[2 * size - 1] = seq;
      bytes[size - 1] += payloadBytes;
    } else {
      addRange(seq, seq, payloadBytes);
    }
  }

  /// Adds a range, which lies above all that were added before.
  void addRange(long first, long last, long payloadBytes) {
    if (size == bytes.length) {
      bounds = Arrays.copyOf(bounds, bounds.length * 2);
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
    bounds[2 * size] = first;
    bounds[2 * size + 1] = last;
    bytes[size] = payloadBytes;
    size++;
  }

  /// Adds to the bytes of the window of `seq`, which is not below that of any added before.
  void addToWindow(long seq, long payloadBytes) {
    if (size > 0 && SeqSet.inSameWindow(first(size - 1), seq)) {
      bytes[size - 1] += payloadBytes;
    } else {
      addRange(seq, seq, payloadBytes);
    }
  }

  boolean contains(long seq) {
    for (int i = 0; i < size; i++) {
      if (first(i) <= seq && seq <= last(i)) {
        return true;
      }
    }
    return false;
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

  /// Payload bytes of what the range removes.
  long bytes(int i) {
    return bytes[i];
  }
}
