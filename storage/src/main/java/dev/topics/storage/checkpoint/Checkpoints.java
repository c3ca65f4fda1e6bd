package dev.topics.storage.checkpoint;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.RefusedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The checkpoints of a store: the state of its owner at one place of the log each, in generations
/// counted from 1.
///
/// A new generation is written ([#begin]), told of in the superblock ([Superblock#checkpointed]),
/// and then those before the last two are deleted ([#deleteBelow]). Which one the superblock tells
/// is the newest that [#recover] takes: what lies above was not yet relied on.
///
/// **Threading** any thread; a generation is written by one.
public final class Checkpoints {
  /// As many generations are kept, so that one that cannot be read does not cost the store.
  public static final int KEPT = 2;

  public static final String DIRECTORY = CheckpointNames.DIRECTORY;

  private final Disk disk;
  private final UUID storeId;

  private Checkpoints(Disk disk, UUID storeId) {
    this.disk = disk;
    this.storeId = storeId;
  }

  /// A checkpoint that was read.
  ///
  /// @param unreadable newer generations that could not be read, and why
  public record Recovered(long generation, LogStart start, List<String> unreadable) {}

  /// Opens the checkpoints of a store, and removes what a crash left of unfinished ones.
  public static Checkpoints open(Disk disk, UUID storeId) throws IOException {
    disk.makeDirectory(CheckpointNames.DIRECTORY);
    disk.syncDirectory("");
    for (String name : disk.list(CheckpointNames.DIRECTORY)) {
      if (CheckpointNames.isUnfinished(name)) {
        disk.delete(CheckpointNames.DIRECTORY + "/" + name);
      }
    }
    return new Checkpoints(disk, storeId);
  }

  /// The checkpoints of a store, to be read; changes nothing.
  public static Checkpoints openForReading(Disk disk, UUID storeId) {
    return new Checkpoints(disk, storeId);
  }

  /// The file of a generation.
  public static String fileName(long generation) {
    return CheckpointNames.name(generation);
  }

  /// Begins a generation, replacing what may have that number.
  public CheckpointWriter begin(long generation, LogStart start) throws IOException {
    return new CheckpointWriter(disk, storeId, generation, start);
  }

  /// Generations that have a file, ascending.
  public List<Long> generations() throws IOException {
    List<Long> generations = new ArrayList<>();
    for (String name : disk.list(CheckpointNames.DIRECTORY)) {
      long generation = CheckpointNames.generation(name);
      if (generation > 0) {
        generations.add(generation);
      }
    }
    return generations;
  }

  /// Hands every chunk of a generation to `handler`, after it was checked; answers where the log
  /// goes on. Fails with [CheckpointDamagedException] where the checkpoint cannot be read any
  /// further, and with [RefusedException] if it is of an unknown version.
  public LogStart read(long generation, CheckpointHandler handler) throws IOException {
    String name = CheckpointNames.name(generation);
    DiskFile opened;
    try {
      if (!disk.exists(name)) {
        throw new CheckpointDamagedException(generation, "the file is missing", null);
      }
      opened = disk.openForReading(name);
    } catch (DiskException e) {
      throw new CheckpointDamagedException(generation, "cannot be opened: " + e.getMessage(), e);
    }
    try (DiskFile file = opened) {
      return new CheckpointReader(file, storeId, generation).read(handler);
    }
  }

  /// Reads the newest whole checkpoint of the last [#KEPT] up to `newest`, which the superblock
  /// tells; null if that is 0. A fresh handler is asked for before each attempt. Fails with
  /// [RefusedException] if there is none: a store that had a checkpoint never starts without.
  public @Nullable Recovered recover(long newest, Supplier<CheckpointHandler> handlers)
      throws IOException {
    if (newest == 0) {
      return null;
    }
    List<String> unreadable = new ArrayList<>();
    for (long generation = newest; generation > Math.max(0, newest - KEPT); generation--) {
      try {
        LogStart start = read(generation, handlers.get());
        return new Recovered(generation, start, List.copyOf(unreadable));
      } catch (CheckpointDamagedException e) {
        unreadable.add(String.valueOf(e.getMessage()));
      }
    }
    throw new RefusedException(
        "%s: no checkpoint can be read: %s"
            .formatted(disk.describe(), String.join("; ", unreadable)));
  }

  /// Deletes generations below `generation`, which nobody needs any more.
  public void deleteBelow(long generation) throws IOException {
    boolean any = false;
    for (long found : generations()) {
      if (found < generation) {
        disk.delete(CheckpointNames.name(found));
        any = true;
      }
    }
    if (any) {
      disk.syncDirectory(CheckpointNames.DIRECTORY);
    }
  }
}
