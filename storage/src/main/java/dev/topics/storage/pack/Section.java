package dev.topics.storage.pack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A part of a pack whose checksum was right, in memory outside the heap, which goes with its last
/// user.
final class Section {
  private final Arena arena;
  private final MemorySegment bytes;
  private final Users users = new Users();
  private volatile boolean sound;

  /// Has one user: whoever makes it.
  @SuppressWarnings("MustBeClosedChecker") // closed by the last release
  Section(long size) {
    arena = Arena.ofShared();
    bytes = arena.allocate(size);
  }

  MemorySegment bytes() {
    return bytes;
  }

  /// Whether somebody has made sure that the values inside make sense.
  boolean isSound() {
    return sound;
  }

  void markSound() {
    sound = true;
  }

  /// Adds a user; false if the last one has gone.
  boolean retain() {
    return users.join();
  }

  void release() {
    if (users.leave()) {
      arena.close();
    }
  }
}
