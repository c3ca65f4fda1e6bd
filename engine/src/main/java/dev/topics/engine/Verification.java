package dev.topics.engine;

import dev.topics.engine.queue.Queues;
import dev.topics.engine.recovery.TopicVerifier;
import dev.topics.engine.router.RouterTable;
import dev.topics.engine.topic.EngineTime;
import dev.topics.storage.FilesReport;
import dev.topics.storage.FilesVerifier;
import dev.topics.storage.FrameVerifier;
import dev.topics.storage.checkpoint.Superblocks;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.journal.JournalVerifier;
import dev.topics.storage.journal.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a check of a data directory found. Nothing is changed by it.
///
/// @param store the state of the journal
/// @param files the state of packs and checkpoints
/// @param topics how many topics there are at the end of the log
/// @param records how many records were examined
/// @param findings what is wrong with topics and records
public record Verification(
    VerifyReport store, FilesReport files, int topics, long records, List<String> findings) {

  /// Whether nothing is lost and everything fits together. What costs nothing and is mended without
  /// a repair is only noted.
  public boolean isSound() {
    return store.isSound() && files.isSound() && findings.isEmpty();
  }

  /// Checks the data in `directory`, which no server may have open.
  ///
  /// @throws IOException if it is in use, no data directory, of another version, or the disk fails
  public static Verification of(Path directory) throws IOException {
    try (Disk disk = FileDisk.open(directory)) {
      return of(disk);
    }
  }

  /// Checks the data on `disk`.
  public static Verification of(Disk disk) throws IOException {
    TopicVerifier topics = topicsOf(disk);
    VerifyReport store = JournalVerifier.verify(disk, topics);
    FilesReport files =
        FilesVerifier.verify(
            disk, Superblocks.read(disk).current(), topics.packedRuns(), topics::describe);
    return new Verification(store, files, topics.topics(), topics.records(), topics.findings());
  }

  /// Checks topics and records of the data on `disk`, for who hands over its frames: a
  /// [dev.topics.storage.Backup] does so, and verifies all else by itself.
  public static FrameVerifier frames(Disk disk) throws IOException {
    return topicsOf(disk);
  }

  private static TopicVerifier topicsOf(Disk disk) throws IOException {
    SystemClock clock = new SystemClock();
    Queues.Opening jobs = new Queues.Opening(new EngineTime(clock));
    return new TopicVerifier(disk, new RouterTable(clock), jobs);
  }
}
