package dev.topics.engine.model;

/// Asks for a stream of jobs (http-api §8).
///
/// @param node who works
/// @param max most jobs under way at a time
/// @param leaseMillis how long each is held; 0 for what the queue says
public record WorkRequest(TopicName topic, String node, int max, long leaseMillis) {
  public WorkRequest {
    if (max < 1) {
      throw new IllegalArgumentException("a stream needs room for at least one job");
    }
    if (node.isEmpty()) {
      throw new IllegalArgumentException("a stream needs a node");
    }
  }
}
