package dev.topics.storage.disk;

/// What a mapping allows.
public enum MapMode {
  READ_ONLY,
  READ_WRITE
}
