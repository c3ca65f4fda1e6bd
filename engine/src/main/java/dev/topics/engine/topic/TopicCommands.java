package dev.topics.engine.topic;

import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Creates, changes and deletes topics, and deletes records.
final class TopicCommands {
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
    long id = topics.table().nextId();
    List<Operation> operations = new ArrayList<>();
    operations.add(new Operation.PutTopic(id, name, config));
    if (!config.durable()) {
      long through = new Reservation().next(0, topics.clock().nanos());
      operations.add(new Operation.Reserve(id, 0, through));
    }
    return committed(
        operations,
        Urgency.APPEND,
        () -> {
          Topic topic = found(name);
          return whenDurable(topic, topic.committed(), new PutTopicResult.Put(name, true, config));
        });
  }

  /// What expired under the old configuration stays lost whatever the new one says; then the new
  /// caps apply.
  private @Nullable CompletableFuture<PutTopicResult> change(
      Topic topic, TopicConfig after, long now, PutTopicResult.Put put) {
    List<Operation> operations = new ArrayList<>();
    View view = topic.committed();
    Expiry expiry = Retention.expiry(topic, view, now, topics.lockedBlocks());
    if (!expiry.expired().isEmpty()) {
      operations.add(expire(topic, expiry));
    }
    operations.add(new Operation.PutTopic(topic.id(), topic.name(), after));
    if (after.discard() == Discard.OLD) {
      Retention.Eviction eviction =
          Retention.capEviction(topic, view, after, null, topics.lockedBlocks());
      if (eviction != null) {
        Operation.Evict evict = eviction.whole(topic.id());
        if (evict.floor() > expiry.evictFloor()) {
          operations.add(beyond(evict, expiry.expired()));
        }
      }
    }
    if (!after.durable()) {
      long through = topic.reservation().next(topic.head(), topics.clock().nanos());
      operations.add(new Operation.Reserve(topic.id(), topic.head(), through));
    } else if (topic.isEphemeral()) {
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
      return CompletableFuture.completedFuture(new DeleteTopicResult.Deleted(name, false));
    }
    View view = topic.committed();
    long expired = Retention.expiry(topic, view, now, topics.lockedBlocks()).expired().records();
    if (ifEmpty && view.count() > expired) {
      return CompletableFuture.completedFuture(
          new DeleteTopicResult.NotEmpty(name, view.count() - expired));
    }
    return committed(
        List.of(new Operation.DropTopic(topic.id())),
        Urgency.RECLAIM,
        () -> {
          topics.commits().afterUnlock(topic.waiters()::wakeAll);
          return whenDurable(topic, null, new DeleteTopicResult.Deleted(name, true));
        });
  }

  CompletableFuture<DeleteRecordsResult> deleteRecords(TopicName name, RecordSelector selector) {
    long now = topics.clock().millis();
    return topics.commits().locked(() -> attemptDeleteRecords(name, selector, now));
  }

  private @Nullable CompletableFuture<DeleteRecordsResult> attemptDeleteRecords(
      TopicName name, RecordSelector selector, long now) {
    Refusal refusal = topics.commits().refusal();
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Topic topic = topics.table().find(name.value());
    if (topic == null) {
      return CompletableFuture.completedFuture(new Refusal.TopicNotFound(name));
    }
    View view = topic.committed();
    Expiry expiry = Retention.expiry(topic, view, now, topics.lockedBlocks());
    Operation.Delete delete = select(topic, view, expiry, selector);
    if (delete.removed().isMemoryOnly()) {
      if (!delete.removed().isEmpty()) {
        topics.applyInMemory(topic, delete);
      }
      return deleted(topic, delete.removed().records(), now, false);
    }
    return committed(
        List.of(delete),
        Urgency.RECLAIM,
        () -> deleted(topic, delete.removed().records(), now, topic.config().durable()));
  }

  private CompletableFuture<DeleteRecordsResult> deleted(
      Topic topic, long records, long now, boolean fsync) {
    View view = topic.committed();
    Expiry expiry = Retention.expiry(topic, view, now, topics.lockedBlocks());
    var result =
        new DeleteRecordsResult.Deleted(
            records,
            expiry.earliest(),
            view.head(),
            view.count() - expiry.expired().records(),
            view.bytes() - expiry.expired().bytes());
    if (fsync || topic.hasQueuedViews()) {
      return whenDurable(topic, view, result);
    }
    topic.publish(view);
    return CompletableFuture.completedFuture(result);
  }

  /// The records that are there, not expired, and meant.
  private Operation.Delete select(Topic topic, View view, Expiry expiry, RecordSelector selector) {
    long last = Math.min(selector.beforeSeq() - 1, view.head());
    TagMatch match = selector.match();
    if (match == null) {
      Removed removed =
          Retention.liveBetween(topic.id(), view, expiry.earliest(), last, topics.lockedBlocks());
      SeqRanges ranges =
          removed.isEmpty() ? new SeqRanges() : view.losses().outsideGaps(expiry.earliest(), last);
      return new Operation.Delete(topic.id(), removed, ranges);
    }
    return selectByTag(topic, view, expiry.earliest(), last, match);
  }

  private static Operation.Delete selectByTag(
      Topic topic, View view, long first, long last, TagMatch match) {
    Removed removed = new Removed();
    SeqList found = new SeqList();
    TagIndex tags = topic.tags();
    if (tags != null) {
      tags.find(
          match,
          (seq, bytes) -> {
            if (seq >= first && seq <= last && !view.deleted().contains(seq)) {
              found.add(seq);
              boolean inMemory = view.index().memory(view.index().floor(seq)) != null;
              removed.add(inMemory, 1, bytes);
            }
          });
    }
    return new Operation.Delete(topic.id(), removed, found.toRanges());
  }

  /// Seqs in any order.
  private static final class SeqList {
    private long[] seqs = new long[16];
    private int size;

    void add(long seq) {
      if (size == seqs.length) {
        seqs = Arrays.copyOf(seqs, size * 2);
      }
      seqs[size++] = seq;
    }

    SeqRanges toRanges() {
      Arrays.sort(seqs, 0, size);
      SeqRanges ranges = new SeqRanges();
      for (int i = 0; i < size; i++) {
        ranges.add(seqs[i]);
      }
      return ranges;
    }
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
