package dev.topics.storage.journal;

/// What the journal takes.
public enum JournalState {
  RUNNING,
  /// No file can be made: only [Urgency#RECLAIM]. Leaves by itself within 2 s of space returning.
  DISK_FULL,
  /// A write or sync failed: nothing, until a restart.
  FAILED
}
