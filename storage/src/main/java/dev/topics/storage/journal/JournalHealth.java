package dev.topics.storage.journal;

import org.jspecify.annotations.Nullable;

/// The state of the journal, and why it failed.
///
/// **Threading** any thread.
final class JournalHealth {
  private volatile JournalState state = JournalState.RUNNING;
  private volatile @Nullable Throwable cause;

  JournalState state() {
    return state;
  }

  boolean failed() {
    return state == JournalState.FAILED;
  }

  @Nullable Throwable cause() {
    return cause;
  }

  /// Final: the first failure is the one that is told.
  synchronized void fail(Throwable failure) {
    if (state != JournalState.FAILED) {
      cause = failure;
      state = JournalState.FAILED;
    }
  }

  synchronized void diskFull() {
    if (state == JournalState.RUNNING) {
      state = JournalState.DISK_FULL;
    }
  }

  synchronized void diskHasRoom() {
    if (state == JournalState.DISK_FULL) {
      state = JournalState.RUNNING;
    }
  }
}
