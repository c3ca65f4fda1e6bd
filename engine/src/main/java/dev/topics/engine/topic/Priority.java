package dev.topics.engine.topic;

import dev.topics.engine.model.TopicConfig;

/// How urgent deliveries of a topic are (semantics §9).
final class Priority {
  private static final double RECENCY_MAX = 500;
  private static final double HALF_LIFE_MILLIS = 30_000;
  private static final long RECENT_MILLIS = 300_000;

  private Priority() {}

  /// The manual priority, or one that fades since the topic was last consumed, ms; 0 for never.
  static int effective(TopicConfig config, long lastReadMillis, long nowMillis) {
    Integer manual = config.priority();
    if (manual != null) {
      return manual;
    }
    long idle = nowMillis - lastReadMillis;
    if (!config.autoPriority() || lastReadMillis == 0 || idle >= RECENT_MILLIS) {
      return 0;
    }
    return (int) Math.round(RECENCY_MAX * Math.pow(2, -Math.max(0, idle) / HALF_LIFE_MILLIS));
  }
}
