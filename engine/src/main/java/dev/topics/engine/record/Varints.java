package dev.topics.engine.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.model.InconsistentLogException;
import java.lang.foreign.MemorySegment;

/// Numbers from 0 on in as few bytes as they need: 7 bits in each, the low ones first; bit 7 says
/// that more follow.
///
/// Reads one after another; for one thread.
public final class Varints {
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  private final MemorySegment segment;
  private long at;

  /// Reads from `at` on.
  public Varints(MemorySegment segment, long at) {
    this.segment = segment;
    this.at = at;
  }

  /// Where the next one starts.
  public long position() {
    return at;
  }

  /// The next number.
  ///
  /// @throws InconsistentLogException if there is none that fits into a long
  public long next() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE - 1; shift += BITS) {
      byte bits = segment.get(JAVA_BYTE, at++);
      value |= (long) (bits & (MORE - 1)) << shift;
      if (bits >= 0) {
        return value;
      }
    }
    throw new InconsistentLogException("a number without an end before " + at);
  }

  public int nextInt() {
    return Math.toIntExact(next());
  }

  /// How many bytes `value` takes.
  public static int bytes(long value) {
    assert value >= 0 : value;
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + BITS - 1) / BITS;
  }

  /// Writes `value`; returns where it ends.
  public static long put(MemorySegment target, long start, long value) {
    assert value >= 0 : value;
    long end = start;
    long rest = value;
    while (rest >= MORE) {
      target.set(JAVA_BYTE, end++, (byte) (rest | MORE));
      rest >>>= BITS;
    }
    target.set(JAVA_BYTE, end++, (byte) rest);
    return end;
  }
}
