package dev.topics.storage.pack;

import java.lang.foreign.MemorySegment;

/// A part of a pack whose checksum was right, in memory outside the heap, which goes back with its
/// last user. Nobody may look at it after that: another section lies there then.
final class Section {
  private final SectionMemory memory;
  private final SectionMemory.Piece piece;
  private final MemorySegment bytes;
  private final Users users = new Users();
  private volatile boolean sound;

  /// Has one user: whoever makes it.
  Section(SectionMemory memory, long size) {
    this.memory = memory;
    piece = memory.take(size);
    bytes = piece.bytes().asSlice(0, size);
  }

  MemorySegment bytes() {
    return bytes;
  }

  /// What it takes of the memory.
  long memoryBytes() {
    return piece.bytes().byteSize();
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
      memory.giveBack(piece);
    }
  }
}
