package dev.topics.storage.disk;

/// What the holder of a directory's lock may do.
public enum LockMode {
  /// Reads only, next to other readers.
  SHARED,
  /// Writes, alone.
  EXCLUSIVE
}
