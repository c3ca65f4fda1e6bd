package dev.topics.engine.model;

/// What a topic is; fixed when it is created.
public enum TopicType {
  LOG,
  QUEUE
}
