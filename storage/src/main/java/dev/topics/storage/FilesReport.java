package dev.topics.storage;

import java.util.List;

/// What [FilesVerifier] found.
///
/// @param damage what is not as it was written, in words that name the file and what it costs
/// @param notes what is not as it should be, but costs nothing
public record FilesReport(
    List<PackReport> packs,
    List<CheckpointReport> checkpoints,
    List<String> damage,
    List<String> notes) {
  /// One pack that could be read, at least in part.
  public record PackReport(long pack, long bytes, long runs, long records) {}

  /// One checkpoint that is whole.
  ///
  /// @param lsn of the last frame whose effect is inside
  public record CheckpointReport(long generation, long bytes, long lsn) {}

  /// Whether nothing is lost.
  public boolean isSound() {
    return damage.isEmpty();
  }
}
