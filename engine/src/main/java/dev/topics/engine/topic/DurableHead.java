package dev.topics.engine.topic;

/// How far a topic is on stable storage, as far as anybody asks.
///
/// Only what is asked for is kept: with the visible head the position of the log at that time is
/// noted, and when the log is durable up to there, so is the head. No append has to note anything.
///
/// **Threading** any thread.
final class DurableHead {
  private long head;
  private long nextHead;
  private long nextLsn;

  /// The highest seq that is known to be durable.
  ///
  /// @param lastLsn read after `visibleHead`
  synchronized long reached(long visibleHead, long lastLsn, long durableLsn) {
    if (nextLsn <= durableLsn) {
      head = Math.max(head, nextHead);
    }
    if (visibleHead > head && nextHead <= head) {
      nextHead = visibleHead;
      nextLsn = lastLsn;
      if (nextLsn <= durableLsn) {
        head = nextHead;
      }
    }
    return head;
  }

  /// Whether more is durable than was told.
  synchronized boolean isDue(long durableLsn) {
    return nextHead > head && nextLsn <= durableLsn;
  }
}
