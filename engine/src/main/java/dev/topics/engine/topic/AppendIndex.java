package dev.topics.engine.topic;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where the appends of one topic lie: per append its first seq, its time and its position, 16
/// bytes in primitive arrays.
///
/// **Threading** [#add] and [#trimBelow] under the commit lock; a [Snapshot] is read by any thread
/// once it was published, because entries are only ever added behind it.
final class AppendIndex {
  private static final int CHUNK_ENTRIES_MIN = 4;
  private static final int CHUNK_ENTRIES_MAX = 512;

  /// Consecutive appends that lie in the journal, or all in `memory`, so that a piece of memory
  /// goes with the chunks that speak of it. `seqDeltas` and `tsDeltas` count from the base values.
  private static final class Chunk {
    final long baseSeq;
    final long baseTs;
    final int[] seqDeltas;
    final int[] tsDeltas;
    final long[] positions;
    final @Nullable MemorySegment memory;
    int sealedSize;

    Chunk(long baseSeq, long baseTs, @Nullable MemorySegment memory, int capacity) {
      this.baseSeq = baseSeq;
      this.baseTs = baseTs;
      this.memory = memory;
      seqDeltas = new int[capacity];
      tsDeltas = new int[capacity];
      positions = new long[capacity];
    }

    Chunk(Chunk from, int capacity) {
      baseSeq = from.baseSeq;
      baseTs = from.baseTs;
      seqDeltas = Arrays.copyOf(from.seqDeltas, capacity);
      tsDeltas = Arrays.copyOf(from.tsDeltas, capacity);
      positions = Arrays.copyOf(from.positions, capacity);
      memory = from.memory;
    }

    boolean takes(long seq, long ts, @Nullable MemorySegment from) {
      return Objects.equals(memory, from)
          && seq - baseSeq <= Integer.MAX_VALUE
          && ts - baseTs <= Integer.MAX_VALUE;
    }
  }

  private Chunk[] chunks = new Chunk[1];
  private int chunkCount;
  private int lastSize;

  /// Adds the append whose first record is `firstSeq`: in the journal at `position`, or in `memory`
  /// at that offset.
  void add(long firstSeq, long ts, long position, @Nullable MemorySegment memory) {
    Chunk chunk = chunkFor(firstSeq, ts, memory);
    chunk.seqDeltas[lastSize] = (int) (firstSeq - chunk.baseSeq);
    chunk.tsDeltas[lastSize] = (int) (ts - chunk.baseTs);
    chunk.positions[lastSize] = position;
    lastSize++;
  }

  private Chunk chunkFor(long firstSeq, long ts, @Nullable MemorySegment memory) {
    if (chunkCount == 0) {
      return newChunk(firstSeq, ts, memory, CHUNK_ENTRIES_MIN);
    }
    Chunk last = chunks[chunkCount - 1];
    if (!last.takes(firstSeq, ts, memory)) {
      return newChunk(firstSeq, ts, memory, CHUNK_ENTRIES_MIN);
    }
    if (lastSize == CHUNK_ENTRIES_MAX) {
      return newChunk(firstSeq, ts, memory, CHUNK_ENTRIES_MAX);
    }
    if (lastSize == last.positions.length) {
      last = new Chunk(last, Math.min(lastSize * 4, CHUNK_ENTRIES_MAX));
      chunks = chunks.clone();
      chunks[chunkCount - 1] = last;
    }
    return last;
  }

  private Chunk newChunk(long firstSeq, long ts, @Nullable MemorySegment memory, int capacity) {
    if (chunkCount > 0) {
      chunks[chunkCount - 1].sealedSize = lastSize;
    }
    if (chunkCount == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunkCount * 2);
    }
    Chunk chunk = new Chunk(firstSeq, ts, memory, capacity);
    chunks[chunkCount++] = chunk;
    lastSize = 0;
    return chunk;
  }

  /// Forgets chunks that hold only seqs below `seq`.
  void trimBelow(long seq) {
    int drop = 0;
    while (drop + 1 < chunkCount && chunks[drop + 1].baseSeq <= seq) {
      drop++;
    }
    if (drop > 0) {
      chunks = Arrays.copyOfRange(chunks, drop, Math.max(chunkCount, drop + 1));
      chunkCount -= drop;
    }
  }

  Snapshot snapshot() {
    return new Snapshot(chunks, chunkCount, lastSize);
  }

  /// The index as it was at one moment. An entry is named by `chunk << 32 | index`.
  static final class Snapshot {
    static final long NO_ENTRY = -1;

    private final Chunk[] chunks;
    private final int chunkCount;
    private final int lastSize;

    private Snapshot(Chunk[] chunks, int chunkCount, int lastSize) {
      this.chunks = chunks;
      this.chunkCount = chunkCount;
      this.lastSize = lastSize;
    }

    /// The last entry that starts at or below `seq`, or [#NO_ENTRY].
    long floor(long seq) {
      int chunk = lastChunkFrom(seq);
      if (chunk < 0) {
        return NO_ENTRY;
      }
      Chunk in = chunks[chunk];
      int low = 0;
      int high = size(chunk) - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (in.baseSeq + in.seqDeltas[middle] <= seq) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return entry(chunk, low);
    }

    private int lastChunkFrom(long seq) {
      int low = -1;
      int high = chunkCount - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (chunks[middle].baseSeq <= seq) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return low;
    }

    /// The first seq whose time is `ts` or later; `endSeq` if there is none.
    long firstSince(long ts, long endSeq) {
      int low = 0;
      int high = chunkCount;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (ts(entry(middle, size(middle) - 1)) < ts) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      if (low == chunkCount) {
        return endSeq;
      }
      int from = 0;
      int to = size(low) - 1;
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (ts(entry(low, middle)) < ts) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      return firstSeq(entry(low, from));
    }

    /// The entry of the first append, or [#NO_ENTRY].
    long first() {
      return chunkCount == 0 ? NO_ENTRY : entry(0, 0);
    }

    /// The entry behind `entry`, or [#NO_ENTRY].
    long next(long entry) {
      int chunk = chunkOf(entry);
      int index = (int) entry + 1;
      if (index < size(chunk)) {
        return entry(chunk, index);
      }
      return chunk + 1 < chunkCount ? entry(chunk + 1, 0) : NO_ENTRY;
    }

    long firstSeq(long entry) {
      Chunk chunk = chunks[chunkOf(entry)];
      return chunk.baseSeq + chunk.seqDeltas[(int) entry];
    }

    long ts(long entry) {
      Chunk chunk = chunks[chunkOf(entry)];
      return chunk.baseTs + chunk.tsDeltas[(int) entry];
    }

    long position(long entry) {
      return chunks[chunkOf(entry)].positions[(int) entry];
    }

    /// Where the append lies if it is not in the journal.
    @Nullable MemorySegment memory(long entry) {
      return chunks[chunkOf(entry)].memory;
    }

    private int size(int chunk) {
      return chunk == chunkCount - 1 ? lastSize : chunks[chunk].sealedSize;
    }

    private static long entry(int chunk, int index) {
      return (long) chunk << 32 | index;
    }

    private static int chunkOf(long entry) {
      return (int) (entry >>> 32);
    }
  }
}
