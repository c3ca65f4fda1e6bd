package dev.topics.engine.upkeep;

import dev.topics.engine.topic.Expiry;
import dev.topics.engine.topic.MovedRecordsException;
import dev.topics.engine.topic.Operation;
import dev.topics.engine.topic.Retention;
import dev.topics.engine.topic.Sizes;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes down what happened by the clock alone: records that expired, reservations that are larger
/// than topics at rest need, those of many topics in one frame. Forgets idempotency keys that are
/// past, which nobody has to know.
///
/// **Threading** One thread at a time.
public final class Housekeeping {
  private static final int TOPICS_PER_FRAME = 64;

  /// Topics looked at in one step: to look at a hundred thousand takes tens of milliseconds, and
  /// the caches that writers need.
  static final int LOOKS_MAX = 10_000;

  /// Forgotten under one hold of the commit lock, which takes a tenth of a millisecond.
  static final int KEYS_PER_LOCK = 1_000;

  private final Topics topics;
  private final Sizes sizes;
  private Iterator<Topic> walk = Collections.emptyIterator();
  private final List<Topic> resting = new ArrayList<>();
  private final List<Topic> relieved = new ArrayList<>();

  public Housekeeping(Topics topics) {
    this.topics = topics;
    sizes = topics.newSizes();
  }

  /// Looks at every topic, or at the next ones of very many; returns how many it changed.
  public int step() {
    if (!walk.hasNext()) {
      walk = topics.table().all().iterator();
    }
    int changed = 0;
    for (int looks = 0; looks < LOOKS_MAX && walk.hasNext(); looks++) {
      Topic topic = walk.next();
      if (topics.commits().refusal() != null) {
        return changed;
      }
      changed += step(topic);
      if (topic.reservation().mayRest(topic.likelyHead(), topics.clock().nanos())) {
        resting.add(topic);
      }
      if (resting.size() == TOPICS_PER_FRAME) {
        changed += rest();
      }
    }
    return changed + rest();
  }

  private int rest() {
    int changed = resting.isEmpty() ? 0 : topics.commits().locked(this::attemptRest);
    resting.clear();
    return changed;
  }

  private @Nullable Integer attemptRest() {
    if (topics.commits().refusal() != null) {
      return 0;
    }
    relieved.clear();
    List<Operation> operations = new ArrayList<>();
    long nanos = topics.clock().nanos();
    for (Topic topic : resting) {
      long through = topic.reservation().atRest(topic.head(), nanos);
      if (through != topic.reservation().through() && !topic.isDropped()) {
        operations.add(new Operation.Reserve(topic.id(), topic.head(), through));
        relieved.add(topic);
      }
    }
    if (operations.isEmpty()) {
      return 0;
    }
    Room room = topics.commits().commit(operations, Urgency.RECLAIM);
    if (room == Room.OK) {
      relieved.forEach(topics.commits()::publish);
    }
    return changed(relieved.size(), room);
  }

  private int step(Topic topic) {
    long now = topics.clock().millis();
    int changed = forgetKeys(topic, now) ? 1 : 0;
    return expires(topic, now)
        ? changed + topics.commits().locked(() -> attempt(topic, now))
        : changed;
  }

  private boolean forgetKeys(Topic topic, long now) {
    if (!topic.mayForgetKeys(now)) {
      return false;
    }
    int forgotten;
    do {
      forgotten = topics.commits().locked(() -> topic.forgetKeys(now, KEYS_PER_LOCK));
    } while (forgotten == KEYS_PER_LOCK);
    return true;
  }

  /// Looks without the commit lock, because the records may have to be read.
  private boolean expires(Topic topic, long now) {
    if (topic.likelyConfig().ttlMillis() == 0) {
      return false;
    }
    try {
      return !Retention.expiry(topic, topic.view(), now, sizes).expired().isEmpty();
    } catch (MovedRecordsException outOfDate) {
      return true;
    } finally {
      sizes.blocks().packed().leave();
    }
  }

  private @Nullable Integer attempt(Topic topic, long now) {
    if (topics.commits().refusal() != null || topic.isDropped()) {
      return 0;
    }
    Expiry expiry = Retention.expiry(topic, topic.committed(), now, topics.lockedSizes());
    return expiry.expired().isEmpty()
        ? Integer.valueOf(0)
        : changed(1, topics.expire(topic, expiry));
  }

  /// How many topics a commit changed; null if the log needs room first.
  private static @Nullable Integer changed(int count, Room room) {
    return switch (room) {
      case OK -> count;
      case NO_SPARE -> null;
      case DISK_FULL, FAILED -> 0;
    };
  }
}
