package dev.topics.storage.sim;

/// How a run ends.
public enum Crash {
  /// The process dies, the page cache stays.
  PROCESS,
  /// The machine dies: of what was not synced, any part may be there.
  POWER
}
