package dev.topics.storage.journal;

/// Group commit: whatever was committed while one sync ran shares the next.
///
/// **Threading** one thread at a time.
@SuppressWarnings("DoNotCallSuggester")
public final class Flusher {
  Flusher() {}

  /// One sync if somebody waits or one is due; returns how many frames became durable.
  public int step() {
    throw new UnsupportedOperationException();
  }
}
