package dev.topics.engine.model;

/// Asks for a stream of jobs (http-api §8).
///
/// @param node who works
/// @param max most jobs under way at a time; 0 only to see whether there could be a stream
/// @param leaseMillis how long each is held; 0 for what the queue says
public record WorkRequest(TopicName topic, String node, int max, long leaseMillis) {
  public WorkRequest {
    if (max < 0) {
      throw new IllegalArgumentException("a stream has no room for " + max + " jobs");
    }
    if (node.isEmpty()) {
      throw new IllegalArgumentException("a stream needs a node");
    }
  }
}
