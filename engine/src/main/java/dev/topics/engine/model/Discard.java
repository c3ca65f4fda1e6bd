package dev.topics.engine.model;

/// What a full topic does with a write.
public enum Discard {
  /// Commit it, then evict the oldest live records until the topic is within its caps.
  OLD,
  /// Refuse it with [AppendResult.TopicFull].
  REJECT
}
