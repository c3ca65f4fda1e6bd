package dev.topics.storage.journal;

import java.util.BitSet;
import java.util.function.LongSupplier;

/// Which blocks of a file were loaded within the last seconds: to ask for those again costs more
/// than to read a small frame. What was loaded earlier may have left memory.
///
/// **Threading** one thread.
final class LoadedBlocks {
  private static final long BLOCK_BYTES = 16 << 10;
  private static final long LATELY_NANOS = 5_000_000_000L;

  private final LongSupplier nanoClock;
  private final BitSet blocks = new BitSet();
  private long sinceNanos;

  LoadedBlocks(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    sinceNanos = nanoClock.getAsLong();
  }

  /// The start of the block that holds `offset`.
  static long start(long offset) {
    return offset / BLOCK_BYTES * BLOCK_BYTES;
  }

  /// The end of the block that holds what lies before `endOffset`.
  static long end(long endOffset) {
    return start(endOffset + BLOCK_BYTES - 1);
  }

  /// Whether all of a range was loaded lately. Forgets what was not.
  boolean hold(long offset, long endOffset) {
    long now = nanoClock.getAsLong();
    if (now - sinceNanos > LATELY_NANOS) {
      blocks.clear();
      sinceNanos = now;
    }
    int end = index(end(endOffset));
    return blocks.nextClearBit(index(offset)) >= end;
  }

  /// Notes that the blocks of a range are loaded, just after [#hold].
  void add(long offset, long endOffset) {
    blocks.set(index(offset), index(end(endOffset)));
  }

  private static int index(long offset) {
    return (int) (offset / BLOCK_BYTES);
  }
}
