package dev.topics.storage.journal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The state of the journal, and why it failed. The flusher is woken to tell of a failure: it may
/// have nothing else to do, and nothing is committed any more that would wake it.
///
/// **Threading** any thread.
final class JournalHealth {
  private static final Logger log = LoggerFactory.getLogger(JournalHealth.class);

  private final Wakeup flusherWakeup;
  private volatile JournalState state = JournalState.RUNNING;
  private volatile @Nullable Throwable cause;

  JournalHealth(Wakeup flusherWakeup) {
    this.flusherWakeup = flusherWakeup;
  }

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
      flusherWakeup.signal();
    }
  }

  synchronized void diskFull() {
    if (state == JournalState.RUNNING) {
      state = JournalState.DISK_FULL;
      log.warn("the disk is full: nothing is appended until there is space again");
    }
  }

  synchronized void diskHasRoom() {
    if (state == JournalState.DISK_FULL) {
      state = JournalState.RUNNING;
      log.info("the disk has space again: appends are taken");
    }
  }
}
