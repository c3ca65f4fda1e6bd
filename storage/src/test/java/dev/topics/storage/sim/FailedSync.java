package dev.topics.storage.sim;

/// What a file system does with dirty sectors when a sync fails.
public enum FailedSync {
  /// As ext4: some reach the disk; the rest count as clean although they did not, and stay
  /// readable.
  MARKS_CLEAN,
  /// As xfs: some reach the disk; the rest go back to what is on the disk.
  DROPS,
  /// As btrfs: nothing reaches the disk, and each later sync of the file fails as well.
  STAYS_BROKEN
}
