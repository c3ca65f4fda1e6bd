package dev.topics.storage.pack;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// A part of a pack whose checksum was right, on the heap: the collector knows its last user, while
/// shared memory outside the heap can only be freed by stopping all threads for a moment.
final class Section {
  private final MemorySegment bytes;
  private volatile boolean sound;

  /// Copies what was read.
  Section(MemorySegment read) {
    bytes = MemorySegment.ofArray(read.toArray(JAVA_BYTE));
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
}
