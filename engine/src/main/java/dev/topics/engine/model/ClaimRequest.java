package dev.topics.engine.model;

/// Asks for jobs (http-api §8).
///
/// @param node who asks
/// @param max most jobs, at least 1
/// @param bytesMax most bytes of `data` and `meta`, unless one job has more
/// @param leaseMillis how long they are held; 0 for what the queue says
/// @param mayWait whether to wait for jobs if there are none
public record ClaimRequest(
    TopicName topic, String node, int max, int bytesMax, long leaseMillis, boolean mayWait) {
  /// What a claim brings at most, however many jobs it asks for.
  public static final int BYTES_MAX = 8 << 20;

  public ClaimRequest {
    if (max < 1) {
      throw new IllegalArgumentException("a claim asks for at least one job");
    }
    if (node.isEmpty()) {
      throw new IllegalArgumentException("a claim needs a node");
    }
  }

  /// A claim of as many bytes as there may be.
  public ClaimRequest(TopicName topic, String node, int max, long leaseMillis, boolean mayWait) {
    this(topic, node, max, BYTES_MAX, leaseMillis, mayWait);
  }
}
