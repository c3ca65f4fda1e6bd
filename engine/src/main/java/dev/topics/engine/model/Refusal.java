package dev.topics.engine.model;

/// Why any command may be refused; nothing was changed.
public sealed interface Refusal
    extends AppendResult, PutTopicResult, DeleteTopicResult, DeleteRecordsResult, DiffResult {

  /// There is no such topic, and the command does not create one.
  record TopicNotFound(TopicName topic) implements Refusal {}

  /// A disk error made the log read-only until a restart.
  record StorageFailed() implements Refusal {}

  /// There is no space for more; it recovers by itself.
  record StorageFull() implements Refusal {}

  /// The engine is closing.
  record ShuttingDown() implements Refusal {}

  /// Stored bytes failed their checksum: `gapFrom` to `gapTo`, inclusive, cannot be read.
  record DataCorrupt(TopicName topic, long gapFrom, long gapTo) implements Refusal {}
}
