package dev.topics.engine.upkeep;

import dev.topics.storage.pack.PackMove;
import dev.topics.storage.pack.Packs;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// Packs on their way to the cold directory, one after another: copied, read back, and only then
/// deleted where they were.
///
/// **Threading** One thread. A step may block on either disk.
final class Relocation implements Closeable {
  private static final long STEP_BYTES = 1 << 20;

  private final Packs packs;
  private final Queue<Long> rest;
  private @Nullable PackMove move;
  private long bytes;
  private int moved;

  Relocation(Packs packs, List<Long> inOrder) {
    this.packs = packs;
    rest = new ArrayDeque<>(inOrder);
  }

  /// Bytes that were copied or compared.
  long bytes() {
    return bytes;
  }

  /// Packs that have moved.
  int moved() {
    return moved;
  }

  /// Packs that have not, if the last step failed.
  int left() {
    return rest.size() + 1;
  }

  /// Returns false when all packs are where they should be.
  boolean step() throws IOException {
    PackMove current = move;
    if (current == null) {
      Long pack = rest.poll();
      if (pack != null) {
        move = packs.move(pack);
      }
      return pack != null;
    }
    long done = current.step(STEP_BYTES);
    bytes += done;
    if (done == 0) {
      current.close();
      move = null;
      packs.moved(current.pack());
      moved++;
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    PackMove current = move;
    move = null;
    if (current != null) {
      current.close();
    }
  }
}
