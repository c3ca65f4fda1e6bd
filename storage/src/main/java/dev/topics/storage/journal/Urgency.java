package dev.topics.storage.journal;

/// Whether a frame may use the space that is held back for the time when the disk is full.
public enum Urgency {
  /// Adds data.
  APPEND,
  /// Helps to free data (delete, ack, evict): may use the held-back reserve.
  RECLAIM
}
