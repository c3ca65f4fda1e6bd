package dev.topics.server.api;

import dev.topics.engine.model.TopicConfig;

/// The bounds of what requests say about leases and delays (http-api §2.1 and §8).
final class LeaseTimes {
  private LeaseTimes() {}

  static long clamped(long leaseMillis) {
    return Math.clamp(leaseMillis, TopicConfig.LEASE_MILLIS_MIN, TopicConfig.LEASE_MILLIS_MAX);
  }

  static long clampedDelay(long millis) {
    return Math.min(millis, TopicConfig.DELAY_MILLIS_MAX);
  }
}
