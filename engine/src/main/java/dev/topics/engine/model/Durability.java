package dev.topics.engine.model;

/// What the acknowledgement of a write promises (semantics §5), weakest first.
public enum Durability {
  /// Held in memory only: the configuration and the head survive a restart, records do not.
  EPHEMERAL,
  /// Logged without any promise about when.
  MEMORY,
  /// In the log before the ack: survives the end of the process.
  DISK,
  /// On stable storage before the ack: survives a power cut.
  FSYNC
}
