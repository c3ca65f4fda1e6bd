package dev.topics.engine.topic;

import dev.topics.engine.index.StateReader;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A checkpoint as it was read: whole, but not yet made into topics.
///
/// @param start where the log goes on behind it
/// @param unreadable newer checkpoints that could not be read, and why
public record RestoredState(
    long generation, LogStart start, List<String> unreadable, StateReader state) {

  /// Reads the newest checkpoint of a store that can be read; null if it never had one.
  public static @Nullable RestoredState read(Disk disk, Superblock superblock) throws IOException {
    Checkpoints checkpoints = Checkpoints.openForReading(disk, superblock.storeId());
    List<StateReader> readers = new ArrayList<>();
    Checkpoints.Recovered found =
        checkpoints.recover(
            superblock.checkpointGeneration(),
            () -> {
              readers.add(new StateReader());
              return readers.getLast()::chunk;
            });
    return found == null
        ? null
        : new RestoredState(
            found.generation(), found.start(), found.unreadable(), readers.getLast());
  }

  /// Makes topics of it in `table`, which is empty.
  public CheckpointCodec.Rest fill(TopicTable table) throws IOException {
    try {
      return CheckpointCodec.decode(state, table);
    } catch (RuntimeException e) {
      throw new RefusedException(
          "checkpoint %d makes no sense, although it is as it was written: %s"
              .formatted(generation, e));
    }
  }
}
