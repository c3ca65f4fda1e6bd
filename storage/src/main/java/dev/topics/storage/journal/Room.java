package dev.topics.storage.journal;

/// Answer to [Journal#claim].
public enum Room {
  /// The region is there: fill it, then commit or abandon.
  OK,
  /// The next file is not ready: call [Journal#prepareSpare] without the commit lock, then again.
  NO_SPARE,
  /// No space on the disk for this. Clears by itself when space returns.
  DISK_FULL,
  /// The journal takes nothing more until a restart.
  FAILED
}
