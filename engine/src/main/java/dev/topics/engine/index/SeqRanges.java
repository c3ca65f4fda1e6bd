package dev.topics.engine.index;

import dev.topics.engine.record.OperationLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;

/// Ascending ranges of seqs, both ends inclusive, and the payload bytes that go with each.
///
/// Ranges that are added seq by seq never reach from one window of [SeqSet] into the next.
public final class SeqRanges {
  private static final int VALUES = 3;

  /// What a stored range takes.
  public static final int BYTES = VALUES * Long.BYTES;

  private long[] bounds = new long[2];
  private long[] bytes = new long[1];
  private int size;

  public SeqRanges() {}

  /// Adds `seq`, which lies above all that were added before.
  public void add(long seq, long payloadBytes) {
    if (size > 0 && last(size - 1) + 1 == seq && SeqSet.inSameWindow(first(size - 1), seq)) {
      bounds[2 * size - 1] = seq;
      bytes[size - 1] += payloadBytes;
    } else {
      addRange(seq, seq, payloadBytes);
    }
  }

  /// Adds a range, which lies above all that were added before.
  public void addRange(long first, long last, long payloadBytes) {
    if (size == bytes.length) {
      bounds = Arrays.copyOf(bounds, bounds.length * 2);
      bytes = Arrays.copyOf(bytes, bytes.length * 2);
    }
    bounds[2 * size] = first;
    bounds[2 * size + 1] = last;
    bytes[size] = payloadBytes;
    size++;
  }

  /// The ranges from number `i` on.
  SeqRanges from(int i) {
    if (i == 0) {
      return this;
    }
    SeqRanges rest = new SeqRanges();
    rest.size = size - i;
    rest.bounds = Arrays.copyOfRange(bounds, 2 * i, Math.max(2 * size, 2 * i + 2));
    rest.bytes = Arrays.copyOfRange(bytes, i, Math.max(size, i + 1));
    return rest;
  }

  /// Adds to the bytes of the window of `seq`, which is not below that of any added before.
  public void addToWindow(long seq, long payloadBytes) {
    if (size > 0 && SeqSet.inSameWindow(first(size - 1), seq)) {
      bytes[size - 1] += payloadBytes;
    } else {
      addRange(seq, seq, payloadBytes);
    }
  }

  /// Writes [#BYTES] for each range: first seq, last seq, bytes, 8 each. Everything is copied at
  /// once: a delete may come to tens of thousands of ranges, and is done under the commit lock.
  public void encode(MemorySegment target, long at) {
    long[] values = new long[VALUES * size];
    for (int i = 0; i < size; i++) {
      values[VALUES * i] = bounds[2 * i];
      values[VALUES * i + 1] = bounds[2 * i + 1];
      values[VALUES * i + 2] = bytes[i];
    }
    MemorySegment.copy(values, 0, target, OperationLayout.LONG, at, values.length);
  }

  /// The ranges that [#encode] wrote.
  public static SeqRanges decode(MemorySegment source, long at, long size) {
    Objects.checkFromIndexSize(at, BYTES * size, source.byteSize());
    long[] values = new long[Math.toIntExact(VALUES * size)];
    MemorySegment.copy(source, OperationLayout.LONG, at, values, 0, values.length);
    SeqRanges ranges = new SeqRanges();
    ranges.size = Math.toIntExact(size);
    ranges.bounds = new long[Math.max(2, 2 * ranges.size)];
    ranges.bytes = new long[Math.max(1, ranges.size)];
    for (int i = 0; i < size; i++) {
      ranges.bounds[2 * i] = values[VALUES * i];
      ranges.bounds[2 * i + 1] = values[VALUES * i + 1];
      ranges.bytes[i] = values[VALUES * i + 2];
    }
    return ranges;
  }

  public boolean contains(long seq) {
    for (int i = 0; i < size; i++) {
      if (first(i) <= seq && seq <= last(i)) {
        return true;
      }
    }
    return false;
  }

  public int size() {
    return size;
  }

  public long first(int i) {
    return bounds[2 * i];
  }

  public long last(int i) {
    return bounds[2 * i + 1];
  }

  /// Payload bytes of what the range removes.
  public long bytes(int i) {
    return bytes[i];
  }
}
