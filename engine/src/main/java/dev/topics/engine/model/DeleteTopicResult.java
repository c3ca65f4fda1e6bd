package dev.topics.engine.model;

import java.util.List;

/// What became of deleting a topic.
public sealed interface DeleteTopicResult
    permits DeleteTopicResult.Deleted, DeleteTopicResult.NotEmpty, Refusal {
  /// The topic does not exist (any more); `deleted` tells whether it did, `routers` which routers
  /// went with it, by name.
  record Deleted(TopicName topic, boolean deleted, List<RouterName> routers)
      implements DeleteTopicResult {}

  /// It was to be deleted only if empty, and holds `count` records.
  record NotEmpty(TopicName topic, long count) implements DeleteTopicResult {}
}
