package dev.topics.engine;

import dev.topics.engine.topic.TopicVerifier;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.journal.JournalVerifier;
import dev.topics.storage.journal.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What a check of a data directory found. Nothing is changed by it.
///
/// @param store the state of the files
/// @param topics how many topics there are at the end of the log
/// @param records how many records were examined
/// @param findings what is wrong with topics and records
public record Verification(VerifyReport store, int topics, long records, List<String> findings) {

  /// Whether every byte is as it was written and everything fits together.
  public boolean isSound() {
    return store.isSound() && findings.isEmpty();
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
    TopicVerifier topics = new TopicVerifier();
    VerifyReport store = JournalVerifier.verify(disk, topics);
    return new Verification(store, topics.topics(), topics.records(), topics.findings());
  }
}
