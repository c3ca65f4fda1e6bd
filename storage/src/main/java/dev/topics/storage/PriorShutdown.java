package dev.topics.storage;

/// How the run before this one ended.
public enum PriorShutdown {
  /// There was none: the directory was empty.
  FIRST_START,
  /// The store was closed; all frames were durable.
  CLEAN,
  /// The process ended, the operating system did not: its page cache still has every frame.
  PROCESS_CRASH,
  /// The operating system ended too: frames that were not durable may be lost. Reported again until
  /// the owner has settled it.
  POWER_LOSS
}
