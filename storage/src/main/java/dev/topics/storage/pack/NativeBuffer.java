package dev.topics.storage.pack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Memory outside the heap that grows when needed, and shrinks when only little is needed again.
///
/// **Threading** One thread at a time.
final class NativeBuffer implements AutoCloseable {
  private static final long KEEP_BYTES_MAX = 4 << 20;
  private static final long BYTES_MIN = 4096;

  private @Nullable Arena arena;
  private MemorySegment segment = MemorySegment.NULL;

  /// All of it.
  MemorySegment segment() {
    return segment;
  }

  /// At least `bytes`, of which the first `keep` are what they were.
  MemorySegment ensure(long bytes, long keep) {
    if (segment.byteSize() >= bytes) {
      return segment;
    }
    long capacity = Math.max(BYTES_MIN, Math.max(bytes, segment.byteSize() * 2));
    replace(bytes > KEEP_BYTES_MAX ? bytes + bytes / 4 : capacity, keep);
    return segment;
  }

  /// Lets go of what only something unusually large needed. What was inside is lost.
  void shrink() {
    if (segment.byteSize() > KEEP_BYTES_MAX) {
      replace(BYTES_MIN, 0);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // closed here or by close
  private void replace(long bytes, long keep) {
    Arena next = Arena.ofShared();
    MemorySegment larger = next.allocate(bytes);
    MemorySegment.copy(segment, 0, larger, 0, keep);
    free();
    arena = next;
    segment = larger;
  }

  private void free() {
    Arena current = arena;
    if (current != null) {
      current.close();
      arena = null;
    }
  }

  @Override
  public void close() {
    free();
    segment = MemorySegment.NULL;
  }
}
