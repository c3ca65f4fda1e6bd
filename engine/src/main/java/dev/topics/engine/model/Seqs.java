package dev.topics.engine.model;

import java.util.Arrays;
import java.util.stream.LongStream;

/// A list of seqs that does not change.
public final class Seqs {
  private final long[] values;

  private Seqs(long[] values) {
    this.values = values;
  }

  /// The first `count` of `values`.
  public static Seqs of(long[] values, int count) {
    return new Seqs(Arrays.copyOf(values, count));
  }

  public int size() {
    return values.length;
  }

  public long get(int i) {
    return values[i];
  }

  public LongStream stream() {
    return Arrays.stream(values);
  }

  @Override
  public String toString() {
    return Arrays.toString(values);
  }
}
