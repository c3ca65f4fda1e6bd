package dev.topics.engine.record;

/// Writes non-negative numbers as decimal digits.
public final class Digits {
  /// Most digits that a number has.
  public static final int COUNT_MAX = 19;

  private Digits() {}

  /// How many digits `value` has.
  public static int count(long value) {
    int count = 1;
    long bound = 10;
    while (count < COUNT_MAX && value >= bound) {
      count++;
      bound *= 10;
    }
    return count;
  }

  /// Writes `value` with exactly `count` digits at `target[at]`; returns the index behind it.
  public static int write(long value, int count, byte[] target, int at) {
    long rest = value;
    int i = at + count;
    while (rest > Integer.MAX_VALUE) {
      target[--i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    int small = (int) rest;
    while (i > at) {
      int tenth = small / 10;
      target[--i] = (byte) ('0' + (small - tenth * 10));
      small = tenth;
    }
    return at + count;
  }
}
