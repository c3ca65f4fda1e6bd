package dev.topics.engine.topic;

import dev.topics.engine.index.Reservation;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.Removed;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Creates, changes and deletes topics.
public final class TopicCommands {
  /// Packs were changed after they were looked at.

  private final Topics topics;

  TopicCommands(Topics topics) {
    this.topics = topics;
  }

  CompletableFuture<PutTopicResult> put(TopicName name, ConfigPatch patch) {
    long now = topics.clock().millis();
    return topics.commits().locked(() -> attemptPut(name, patch, now));
  }

  private @Nullable CompletableFuture<PutTopicResult> attemptPut(
      TopicName name, ConfigPatch patch, long now) {
    Refusal refusal = topics.commits().refusal();
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Topic topic = topics.table().find(name.value());
    if (topic == null) {
      return create(name, patch.appliedTo(TopicConfig.DEFAULT));
    }
    TopicConfig before = topic.config();
    TopicConfig after = patch.appliedTo(before);
    if (after.type() != before.type()) {
      return CompletableFuture.completedFuture(
          new PutTopicResult.TypeMismatch(name, before.type()));
    }
    var put = new PutTopicResult.Put(name, false, after);
    if (after.equals(before)) {
      return topic.configLsn() <= topics.commits().durableLsn()
          ? CompletableFuture.completedFuture(put)
          : whenDurable(topic, null, put);
    }
    return change(topic, after, now, put);
  }

  private @Nullable CompletableFuture<PutTopicResult> create(TopicName name, TopicConfig config) {
    Refusal refusal = topics.quota().refuseTopics(1);
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    long id = topics.table().nextId();
    List<Operation> operations = new ArrayList<>();
    addCreation(operations, id, name, config, topics.clock().nanos());
    return committed(
        operations,
        Urgency.APPEND,
        () -> {
          Topic topic = found(name);
          return whenDurable(topic, topic.committed(), new PutTopicResult.Put(name, true, config));
        });
  }

  /// What creates a topic.
  static void addCreation(
      List<Operation> operations, long id, TopicName name, TopicConfig config, long nowNanos) {
    operations.add(new Operation.PutTopic(id, name, config));
    if (!config.durable()) {
      operations.add(new Operation.Reserve(id, 0, new Reservation().next(0, nowNanos, 0)));
    }
  }

  /// What expired under the old configuration stays lost whatever the new one says; then the new
  /// caps apply.
  private @Nullable CompletableFuture<PutTopicResult> change(
      Topic topic, TopicConfig after, long now, PutTopicResult.Put put) {
    List<Operation> operations = new ArrayList<>();
    View view = topic.committed();
    Expiry expiry = Retention.expiry(topic, view, now, topics.lockedSizes());
    if (!expiry.expired().isEmpty()) {
      operations.add(expire(topic, expiry));
    }
    operations.add(new Operation.PutTopic(topic.id(), topic.name(), after));
    if (after.discard() == Discard.OLD) {
      Retention.Eviction eviction =
          Retention.capEviction(topic, view, after, null, topics.lockedSizes());
      if (eviction != null) {
        Operation.Evict evict = eviction.whole(topic.id());
        if (evict.floor() > expiry.evictFloor()) {
          operations.add(beyond(evict, expiry.expired()));
        }
      }
    }
    if (!after.durable()) {
      long through =
          topic
              .reservation()
              .next(topic.head(), topics.clock().nanos(), topics.commits().durableLsn());
      operations.add(new Operation.Reserve(topic.id(), topic.head(), through));
    } else if (topic.isEphemeral() || topic.reservation().isOutstanding(topic.head())) {
      operations.add(new Operation.Reserve(topic.id(), topic.head(), topic.head()));
    }
    return committed(operations, Urgency.RECLAIM, () -> whenDurable(topic, topic.committed(), put));
  }

  /// An eviction of everything that has expired.
  static Operation.Evict expire(Topic topic, Expiry expiry) {
    return new Operation.Evict(topic.id(), expiry.evictFloor(), expiry.expired(), LossReason.TTL);
  }

  /// `evict` without what another eviction takes before it.
  private static Operation.Evict beyond(Operation.Evict evict, Removed before) {
    Removed rest = new Removed();
    rest.add(
        false,
        evict.removed().loggedRecords() - before.loggedRecords(),
        evict.removed().loggedBytes() - before.loggedBytes());
    rest.add(
        true,
        evict.removed().memoryRecords() - before.memoryRecords(),
        evict.removed().memoryBytes() - before.memoryBytes());
    return new Operation.Evict(evict.topicId(), evict.floor(), rest, evict.reason());
  }

  CompletableFuture<DeleteTopicResult> delete(TopicName name, boolean ifEmpty) {
    long now = topics.clock().millis();
    return topics.commits().locked(() -> attemptDelete(name, ifEmpty, now));
  }

  private @Nullable CompletableFuture<DeleteTopicResult> attemptDelete(
      TopicName name, boolean ifEmpty, long now) {
    Refusal refusal = topics.commits().refusal();
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Topic topic = topics.table().find(name.value());
    if (topic == null) {
      return CompletableFuture.completedFuture(
          new DeleteTopicResult.Deleted(name, false, List.of()));
    }
    View view = topic.committed();
    long expired = Retention.expiry(topic, view, now, topics.lockedSizes()).expired().records();
    if (ifEmpty && view.count() > expired) {
      return CompletableFuture.completedFuture(
          new DeleteTopicResult.NotEmpty(name, view.count() - expired));
    }
    List<RouterName> routers = topics.table().routers().goingWith(topic);
    return committed(
        List.of(new Operation.DropTopic(topic.id())),
        Urgency.RECLAIM,
        () -> {
          topics.commits().afterUnlock(topic.news()::ring);
          return whenDurable(topic, null, new DeleteTopicResult.Deleted(name, true, routers));
        });
  }

  /// Commits `operations`, then answers with `answer`; null if the log needs room first.
  private <R> @Nullable CompletableFuture<R> committed(
      List<Operation> operations, Urgency urgency, Supplier<CompletableFuture<R>> answer) {
    return switch (topics.commits().commit(operations, urgency)) {
      case OK -> answer.get();
      case NO_SPARE -> null;
      case DISK_FULL -> refused(new Refusal.StorageFull());
      case FAILED -> refused(new Refusal.StorageFailed());
    };
  }

  /// A refusal is a result of every command.
  @SuppressWarnings("unchecked")
  private static <R> CompletableFuture<R> refused(Refusal refusal) {
    return CompletableFuture.completedFuture((R) refusal);
  }

  @SuppressWarnings("unchecked")
  private <R> CompletableFuture<R> whenDurable(Topic topic, @Nullable View view, R result) {
    return topics
        .commits()
        .whenDurable(
            topics.commits().lastLsn(), topic, view, _ -> result, (R) new Refusal.StorageFailed());
  }

  private Topic found(TopicName name) {
    Topic topic = topics.table().find(name.value());
    if (topic == null) {
      throw new IllegalStateException("topic " + name + " was not created");
    }
    return topic;
  }
}
