package dev.topics.engine.topic;

import dev.topics.engine.model.Quota;
import dev.topics.engine.model.Refusal;
import org.jspecify.annotations.Nullable;

/// Refuses what would make all topics together hold too much.
///
/// **Threading** under the commit lock.
final class QuotaGuard {
  private final TopicTable table;
  private Quota quota = new Quota(0, 0);

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

  /// Why `bytes` more may not be appended, or null.
  @Nullable Refusal refuseBytes(long bytes) {
    return quota.bytes() > 0 && table.totals().bytes() + bytes > quota.bytes()
        ? new Refusal.QuotaReached("max_total_bytes", quota.bytes())
        : null;
  }
}
