package dev.topics.engine.queue;

import org.jspecify.annotations.Nullable;

/// One job as the model knows it. Times are milliseconds of the injected clock.
final class ModelJob {
  final long seq;
  final @Nullable String key;
  final int priority;

  /// Since when it waits, on the wall clock, less a minute for each step of its priority.
  final long waits;

  int deliveries;
  @Nullable String node;
  long token;
  long deadline;
  long availableAt;

  ModelJob(long seq, @Nullable String key, int priority, long waits, long availableAt) {
    this.seq = seq;
    this.key = key;
    this.priority = priority;
    this.waits = waits;
    this.availableAt = availableAt;
  }

  /// The same job as one of which nothing but that is known.
  ModelJob fresh() {
    return new ModelJob(seq, key, priority, waits, 0);
  }

  ModelJob copy() {
    ModelJob copy = new ModelJob(seq, key, priority, waits, availableAt);
    copy.deliveries = deliveries;
    copy.node = node;
    copy.token = token;
    copy.deadline = deadline;
    return copy;
  }

  /// Lets the lease end if it is over.
  void settle(long now, long backoff) {
    if (node != null && now > deadline) {
      release(backoff == 0 ? 0 : deadline + backoff);
    }
  }

  void release(long available) {
    node = null;
    token = 0;
    availableAt = available;
  }

  boolean isLeased() {
    return node != null;
  }

  boolean isDelayed(long now) {
    return node == null && availableAt > now;
  }
}
