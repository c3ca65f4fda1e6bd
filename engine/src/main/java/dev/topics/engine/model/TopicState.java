package dev.topics.engine.model;

import org.jspecify.annotations.Nullable;

/// A topic as it is now (http-api §2.3).
///
/// @param queue only of a queue
public record TopicState(
    TopicName topic,
    TopicConfig config,
    long headSeq,
    long earliestSeq,
    long count,
    long bytes,
    int effectivePriority,
    @Nullable Long lastWriteTs,
    @Nullable Long lastReadTs,
    @Nullable QueueCounts queue) {

  /// The seq that the next record gets.
  public long nextSeq() {
    return headSeq + 1;
  }
}
