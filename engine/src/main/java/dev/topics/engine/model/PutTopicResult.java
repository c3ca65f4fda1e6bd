package dev.topics.engine.model;

/// What became of creating or changing a topic.
public sealed interface PutTopicResult
    permits PutTopicResult.Put, PutTopicResult.TypeMismatch, Refusal {
  /// The topic has this configuration, on stable storage.
  record Put(TopicName topic, boolean created, TopicConfig config) implements PutTopicResult {}

  /// The type of a topic cannot be changed.
  record TypeMismatch(TopicName topic, TopicType existing) implements PutTopicResult {}
}
