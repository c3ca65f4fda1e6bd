package dev.topics.storage.pack;

/// Where a pack lies.
public enum Tier {
  /// In the data directory.
  HOT,
  /// In the cold directory, which may be on another disk.
  COLD
}
