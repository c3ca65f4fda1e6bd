package dev.topics.engine.topic;

import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes down what happened by the clock alone: records that expired, reservations nobody uses.
///
/// **Threading** One thread at a time.
final class Housekeeping {
  private final Topics topics;

  Housekeeping(Topics topics) {
    this.topics = topics;
  }

  /// Looks at every topic; returns how many it changed.
  int step() {
    int changed = 0;
    for (Topic topic : topics.table().all()) {
      if (topics.commits().isFailed()) {
        return changed;
      }
      changed += step(topic);
    }
    return changed;
  }

  private int step(Topic topic) {
    long nanos = topics.clock().nanos();
    boolean ages = topic.view().config().ttlMillis() > 0 && topic.view().count() > 0;
    if (!ages && !topic.reservation().isOutstanding(topic.likelyHead())) {
      return 0;
    }
    long now = topics.clock().millis();
    return topics.commits().locked(() -> attempt(topic, now, nanos));
  }

  private @Nullable Integer attempt(Topic topic, long now, long nanos) {
    if (topics.commits().isClosed() || topic.isDropped() || topic.hasQueuedViews()) {
      return 0;
    }
    Expiry expiry = Retention.expiry(topic, topic.committed(), now, topics.lockedBlocks());
    if (!expiry.expired().isEmpty()) {
      return expire(topic, expiry);
    }
    if (topic.reservation().isIdle(topic.head(), nanos)) {
      return logged(topic, new Operation.Reserve(topic.id(), topic.head(), topic.head()));
    }
    return 0;
  }

  private @Nullable Integer expire(Topic topic, Expiry expiry) {
    Operation.Evict evict = TopicCommands.expire(topic, expiry);
    if (evict.removed().isMemoryOnly()) {
      topics.applyInMemory(topic, evict);
      topic.publish(topic.committed());
      return 1;
    }
    return logged(topic, evict);
  }

  private @Nullable Integer logged(Topic topic, Operation operation) {
    Room room = topics.commits().commit(List.of(operation), Urgency.RECLAIM);
    return switch (room) {
      case OK -> {
        topic.publish(topic.committed());
        yield 1;
      }
      case NO_SPARE -> null;
      case DISK_FULL, FAILED -> 0;
    };
  }
}
