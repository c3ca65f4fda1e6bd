package dev.topics.storage.journal;

/// Keeps the next journal files ready: allocated, zero-filled and durable before they are needed.
///
/// **Threading** any thread; one file is made at a time.
@SuppressWarnings("DoNotCallSuggester")
public final class SpareMaker {
  SpareMaker() {}

  /// Makes one file if one is missing and the disk has room; returns how many it made.
  public int step() {
    throw new UnsupportedOperationException();
  }
}
