package dev.topics.storage.checkpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A checkpoint is missing, damaged, unreadable, or of another store. What was handed on of it must
/// be forgotten.
public final class CheckpointDamagedException extends IOException {
  private static final long serialVersionUID = 1;

  private final long generation;

  CheckpointDamagedException(long generation, String what, @Nullable Throwable cause) {
    super("checkpoint %d: %s".formatted(generation, what), cause);
    this.generation = generation;
  }

  public long generation() {
    return generation;
  }
}
