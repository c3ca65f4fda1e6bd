package dev.topics.engine.topic;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;

/// Chunks outside the heap for the records of an ephemeral topic. A chunk goes when nothing refers
/// to it any more.
///
/// **Threading** Under the commit lock.
public final class MemoryLog {
  /// Stands in for the lsn of what is not in the log.
  public static final long NO_LSN = 0;

  private static final int CHUNK_BYTES_MIN = 4 << 10;
  private static final int CHUNK_BYTES_MAX = 1 << 20;

  private final LongFunction<MemorySegment> source;
  private MemorySegment chunk = MemorySegment.NULL;
  private long used;
  private int chunkBytes = CHUNK_BYTES_MIN;

  MemoryLog() {
    this(bytes -> Arena.ofAuto().allocate(bytes, Long.BYTES));
  }

  /// @param source of memory, which is all zeros
  MemoryLog(LongFunction<MemorySegment> source) {
    this.source = source;
  }

  /// Sees to it that the next `bytes` that are allocated are there: no want of memory can come
  /// between them and what happens before.
  void makeRoom(int bytes) {
    if (chunk.byteSize() - used < bytes) {
      chunk = source.apply(Math.max(bytes, chunkBytes));
      chunkBytes = Math.min(chunkBytes * 2, CHUNK_BYTES_MAX);
      used = 0;
    }
  }

  /// Takes `bytes` of [#chunk]; returns the offset.
  long allocate(int bytes) {
    makeRoom(bytes);
    long at = used;
    used += bytes;
    return at;
  }

  MemorySegment chunk() {
    return chunk;
  }
}
