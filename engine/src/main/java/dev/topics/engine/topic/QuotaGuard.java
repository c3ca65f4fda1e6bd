package dev.topics.engine.topic;

import dev.topics.engine.model.Quota;
import dev.topics.engine.model.Refusal;
import org.jspecify.annotations.Nullable;

/// Refuses what would make all topics together hold too much.
///
/// The live bytes are not counted with each change. An estimate grows with every append, and is
/// replaced by the sum over all topics when it reaches the quota or is a second old: so a write is
/// refused by the true sum or one that is at most that old, and costs an addition.
///
/// **Threading** under the commit lock.
final class QuotaGuard {
  private static final long SUM_GOOD_FOR_NANOS = 1_000_000_000L;
  private static final long SUM_AGAIN_AFTER_NANOS = 20_000_000L;

  private final TopicTable table;
  private Quota quota = new Quota(0, 0);
  private long estimatedBytes;
  private long summedNanos;
  private boolean summed;

  QuotaGuard(TopicTable table) {
    this.table = table;
  }

  void set(Quota next) {
    quota = next;
  }

  /// Why there may not be `count` more topics, or null.
  @Nullable Refusal refuseTopics(int count) {
    return quota.topics() > 0 && table.size() + count > quota.topics()
        ? new Refusal.QuotaReached("max_topics", quota.topics())
        : null;
  }

  /// Why `bytes` more may not be appended, or null; then they count.
  @Nullable Refusal refuseBytes(long bytes, long nowNanos) {
    if (quota.bytes() == 0) {
      return null;
    }
    long age = nowNanos - summedNanos;
    if (!summed
        || age > SUM_GOOD_FOR_NANOS
        || (estimatedBytes + bytes > quota.bytes() && age > SUM_AGAIN_AFTER_NANOS)) {
      sum(nowNanos);
    }
    if (estimatedBytes + bytes > quota.bytes()) {
      return new Refusal.QuotaReached("max_total_bytes", quota.bytes());
    }
    estimatedBytes += bytes;
    return null;
  }

  private void sum(long nowNanos) {
    long sum = 0;
    for (Topic topic : table.all()) {
      sum += topic.liveBytes();
    }
    estimatedBytes = sum;
    summedNanos = nowNanos;
    summed = true;
  }
}
