package dev.topics.storage;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Brings back what is known without a replay, while the directory is locked and before the replay
/// begins.
@FunctionalInterface
public interface Restoring {
  /// Everything is replayed that is there.
  Restoring NOTHING = _ -> null;

  /// Returns where in the log the replay starts, a place that was durable; null if at its
  /// beginning.
  @Nullable LogStart restore(Superblock superblock) throws IOException;
}
