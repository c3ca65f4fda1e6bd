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
  private final Sizes sizes;

  Housekeeping(Topics topics) {
    this.topics = topics;
    sizes = topics.newSizes();
  }

  /// Looks at every topic; returns how many it changed.
  int step() {
    int changed = 0;
    for (Topic topic : topics.table().all()) {
      if (topics.commits().refusal() != null) {
        return changed;
      }
      changed += step(topic);
    }
    return changed;
  }

  private int step(Topic topic) {
    long nanos = topics.clock().nanos();
    long now = topics.clock().millis();
    if (!expires(topic, now) && !topic.reservation().isOutstanding(topic.likelyHead())) {
      return 0;
    }
    return topics.commits().locked(() -> attempt(topic, now, nanos));
  }

  /// Looks without the commit lock, because the records may have to be read.
  private boolean expires(Topic topic, long now) {
    View view = topic.view();
    try {
      return view.config().ttlMillis() > 0
          && !Retention.expiry(topic, view, now, sizes).expired().isEmpty();
    } catch (MovedRecordsException outOfDate) {
      return true;
    } finally {
      sizes.blocks().packed().leave();
    }
  }

  private @Nullable Integer attempt(Topic topic, long now, long nanos) {
    if (topics.commits().refusal() != null || topic.isDropped()) {
      return 0;
    }
    Expiry expiry = Retention.expiry(topic, topic.committed(), now, topics.lockedSizes());
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
      topics.commits().publish(topic);
      return 1;
    }
    return logged(topic, evict);
  }

  private @Nullable Integer logged(Topic topic, Operation operation) {
    Room room = topics.commits().commit(List.of(operation), Urgency.RECLAIM);
    return switch (room) {
      case OK -> {
        topics.commits().publish(topic);
        yield 1;
      }
      case NO_SPARE -> null;
      case DISK_FULL, FAILED -> 0;
    };
  }
}
