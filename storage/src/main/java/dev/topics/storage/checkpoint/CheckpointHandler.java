package dev.topics.storage.checkpoint;

import java.lang.foreign.MemorySegment;

/// Takes the chunks of a checkpoint, in order.
@FunctionalInterface
public interface CheckpointHandler {
  /// A chunk as it was added; valid during the call.
  void chunk(MemorySegment bytes);
}
