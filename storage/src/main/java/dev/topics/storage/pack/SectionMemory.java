package dev.topics.storage.pack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Memory outside the heap for sections. What one has left is used for the next of about its size:
/// to free memory that threads share, all of them must be stopped for a moment, and what is new is
/// filled with zeros, page by page.
///
/// **Threading** any thread; its monitor is held for moments.
final class SectionMemory implements AutoCloseable {
  private static final long FREE_BYTES_MAX = 1 << 20;
  private static final long STEP_MIN = 64;
  private static final int STEPS = 8;

  /// A piece of memory, that of one section at a time.
  record Piece(Arena arena, MemorySegment bytes) {}

  private final Deque<Piece> free = new ArrayDeque<>();
  private long freeBytes;
  private boolean closed;

  /// A piece of at least so many bytes, and little more; they may be anything.
  @SuppressWarnings("MustBeClosedChecker") // closed here, or when the memory is
  Piece take(long bytes) {
    long step = Math.max(STEP_MIN, Long.highestOneBit(bytes) / STEPS);
    long rounded = (bytes + step - 1) / step * step;
    Piece found = find(bytes, rounded + step);
    if (found != null) {
      return found;
    }
    Arena arena = Arena.ofShared();
    return new Piece(arena, arena.allocate(rounded));
  }

  private synchronized @Nullable Piece find(long least, long most) {
    for (Iterator<Piece> pieces = free.descendingIterator(); pieces.hasNext(); ) {
      Piece piece = pieces.next();
      long bytes = piece.bytes().byteSize();
      if (least <= bytes && bytes <= most) {
        pieces.remove();
        freeBytes -= bytes;
        return piece;
      }
    }
    return null;
  }

  /// Takes back what nobody uses any more.
  void giveBack(Piece piece) {
    free(add(piece));
  }

  /// Answers what is too much.
  private synchronized List<Piece> add(Piece piece) {
    free.add(piece);
    freeBytes += piece.bytes().byteSize();
    List<Piece> gone = new ArrayList<>();
    while (freeBytes > (closed ? 0 : FREE_BYTES_MAX)) {
      Piece eldest = free.remove();
      freeBytes -= eldest.bytes().byteSize();
      gone.add(eldest);
    }
    return gone;
  }

  private static void free(List<Piece> pieces) {
    pieces.forEach(piece -> piece.arena().close());
  }

  /// Frees what is unused now, and later what comes back.
  @Override
  public void close() {
    List<Piece> gone;
    synchronized (this) {
      closed = true;
      gone = new ArrayList<>(free);
      free.clear();
      freeBytes = 0;
    }
    free(gone);
  }
}
