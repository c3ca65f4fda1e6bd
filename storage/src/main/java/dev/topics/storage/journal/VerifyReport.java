package dev.topics.storage.journal;

import java.util.List;
import java.util.UUID;

/// What [JournalVerifier] found.
///
/// @param bootEpoch of the last run
/// @param closed whether the last run closed the store
/// @param files in order
/// @param tail how the log ends
/// @param damage durable frames that are lost, in order
/// @param notes what is not as it should be, but costs nothing: the next start repairs it
public record VerifyReport(
    UUID storeId,
    int bootEpoch,
    boolean closed,
    List<JournalFileReport> files,
    Tail tail,
    List<Damage> damage,
    List<String> notes) {
  /// How the log ends.
  public enum Tail {
    /// With its last frame.
    CLEAN,
    /// With bytes that a crash left; they were never durable, and the next start cuts them off.
    TORN,
    /// With the loss of durable frames.
    DAMAGED
  }

  /// One file of the journal.
  ///
  /// @param frames that belong to the log
  /// @param firstLsn 0 if there are no frames
  /// @param lastLsn 0 if there are no frames
  public record JournalFileReport(
      String name, long bytes, long frames, long firstLsn, long lastLsn) {}

  /// Whether nothing is lost.
  public boolean isSound() {
    return damage.isEmpty();
  }

  public long frames() {
    long frames = 0;
    for (JournalFileReport file : files) {
      frames += file.frames();
    }
    return frames;
  }
}
