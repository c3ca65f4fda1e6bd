package dev.topics.engine.topic;

import dev.topics.storage.pack.PackedRun;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Consecutive appends in one file of the journal, or all in one piece of memory, which goes with
/// the chunks that speak of it; or a run in a pack. What the arrays hold counts from the base
/// values.
final class IndexChunk {
  /// A position has the number of its file in the bits from here on.
  private static final int FILE_SHIFT = 32;

  /// The position of what does not lie in the journal.
  private static final long NO_POSITION = -1;

  /// What the arrays of the one entry of a run hold.
  private static final int[] ONE_ENTRY = {0};

  final long baseSeq;
  final long baseTs;
  final long basePosition;
  final long baseBytes;
  final int[] seqs;
  final int[] times;
  final int[] offsets;
  final int[] bytes;
  final @Nullable MemorySegment memory;
  final @Nullable PackedRun run;
  int sealedSize;

  IndexChunk(
      long baseSeq,
      long baseTs,
      long basePosition,
      long baseBytes,
      @Nullable MemorySegment memory,
      int capacity) {
    this.baseSeq = baseSeq;
    this.baseTs = baseTs;
    this.basePosition = basePosition;
    this.baseBytes = baseBytes;
    this.memory = memory;
    run = null;
    seqs = new int[capacity];
    times = new int[capacity];
    offsets = new int[capacity];
    bytes = new int[capacity];
  }

  IndexChunk(IndexChunk from, int capacity) {
    baseSeq = from.baseSeq;
    baseTs = from.baseTs;
    basePosition = from.basePosition;
    baseBytes = from.baseBytes;
    seqs = Arrays.copyOf(from.seqs, capacity);
    times = Arrays.copyOf(from.times, capacity);
    offsets = Arrays.copyOf(from.offsets, capacity);
    bytes = Arrays.copyOf(from.bytes, capacity);
    memory = from.memory;
    run = from.run;
  }

  /// The same, where other bytes lie before it.
  IndexChunk(IndexChunk from, long baseBytes) {
    baseSeq = from.baseSeq;
    baseTs = from.baseTs;
    basePosition = from.basePosition;
    this.baseBytes = baseBytes;
    seqs = from.seqs;
    times = from.times;
    offsets = from.offsets;
    bytes = from.bytes;
    memory = from.memory;
    run = from.run;
    sealedSize = from.sealedSize;
  }

  /// The entries of `of` from `start` to `end`, exclusive; some.
  IndexChunk(IndexChunk of, int start, int end) {
    baseSeq = of.baseSeq + of.seqs[start];
    baseTs = of.baseTs;
    basePosition = of.basePosition;
    baseBytes = of.baseBytes + of.bytes[start];
    seqs = shifted(of.seqs, start, end, of.seqs[start]);
    times = shifted(of.times, start, end, 0);
    offsets = shifted(of.offsets, start, end, 0);
    bytes = shifted(of.bytes, start, end, of.bytes[start]);
    memory = of.memory;
    run = of.run;
    sealedSize = end - start;
  }

  private static int[] shifted(int[] values, int start, int end, int by) {
    int[] part = Arrays.copyOfRange(values, start, end);
    for (int i = 0; i < part.length; i++) {
      part[i] -= by;
    }
    return part;
  }

  /// A run, in the place of appends that began with `firstSeq`.
  IndexChunk(long firstSeq, long baseBytes, PackedRun run) {
    baseSeq = firstSeq;
    baseTs = run.firstTs();
    basePosition = NO_POSITION;
    this.baseBytes = baseBytes;
    seqs = ONE_ENTRY;
    times = ONE_ENTRY;
    offsets = ONE_ENTRY;
    bytes = ONE_ENTRY;
    memory = null;
    this.run = run;
    sealedSize = 1;
  }

  IndexChunk(StateReader in, long baseBytes, int size) {
    baseSeq = in.getLong();
    baseTs = in.getLong();
    basePosition = in.getLong();
    this.baseBytes = baseBytes;
    seqs = in.getInts(size);
    times = in.getInts(size);
    offsets = in.getInts(size);
    bytes = in.getInts(size);
    memory = null;
    run = null;
  }

  /// How many of the `size` entries begin below `seq`.
  int countBelow(long seq, int size) {
    int count = 0;
    while (count < size && baseSeq + seqs[count] < seq) {
      count++;
    }
    return count;
  }

  /// The position of the start of the file that holds `position`.
  static long filePosition(long position) {
    return position >>> FILE_SHIFT << FILE_SHIFT;
  }

  /// The file of the journal that holds `position`.
  static long file(long position) {
    return position >>> FILE_SHIFT;
  }

  /// The file of the journal that holds the appends.
  long file() {
    return basePosition >>> FILE_SHIFT;
  }

  boolean isInJournal() {
    return memory == null && run == null;
  }

  void encode(StateWriter out, int size) throws IOException {
    out.putInt(size);
    out.putLong(baseSeq);
    out.putLong(baseTs);
    out.putLong(basePosition);
    out.putInts(seqs, size);
    out.putInts(times, size);
    out.putInts(offsets, size);
    out.putInts(bytes, size);
  }

  boolean takes(long seq, long ts, long position, long bytesBefore, @Nullable MemorySegment from) {
    return Objects.equals(memory, from)
        && filePosition(position) == basePosition
        && seq - baseSeq <= Integer.MAX_VALUE
        && ts - baseTs <= Integer.MAX_VALUE
        && bytesBefore - baseBytes <= Integer.MAX_VALUE;
  }
}
