package dev.topics.engine.topic;

import dev.topics.engine.index.Losses;
import dev.topics.engine.index.Reservation;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.index.TagIndex;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.Removed;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.pack.PackDamagedException;
import dev.topics.storage.pack.PackedRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates, changes and deletes topics, and deletes records.
public final class TopicCommands {
  private static final Logger log = LoggerFactory.getLogger(TopicCommands.class);

  /// Packs were changed after they were looked at.
  private static final CompletableFuture<DeleteRecordsResult> OUT_OF_DATE =
      new CompletableFuture<>();

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
  public static Operation.Evict expire(Topic topic, Expiry expiry) {
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

  CompletableFuture<DeleteRecordsResult> deleteRecords(TopicName name, RecordSelector selector) {
    long now = topics.clock().millis();
    while (true) {
      PackedTags packed = PackedTags.NONE;
      TagMatch match = selector.match();
      Topic topic = topics.table().find(name.value());
      if (match != null && topic != null) {
        try {
          packed = findPacked(topic, match);
        } catch (PackDamagedException damaged) {
          log.error("no records of topic \"{}\" can be deleted by tag", name, damaged);
          return CompletableFuture.completedFuture(
              DamagedRecordsException.passes(damaged)
                  ? new Refusal.Exhausted()
                  : new Refusal.DataCorrupt(name, damaged.firstSeq(), damaged.lastSeq()));
        } catch (MovedRecordsException outOfDate) {
          continue;
        }
      }
      PackedTags found = packed;
      var answer = topics.commits().locked(() -> attemptDeleteRecords(name, selector, now, found));
      if (!isOutOfDate(answer)) {
        return answer;
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // one object that stands for itself
  private static boolean isOutOfDate(CompletableFuture<DeleteRecordsResult> answer) {
    return answer == OUT_OF_DATE;
  }

  /// What the packs of a topic have of some tags. They are read without the commit lock.
  private PackedTags findPacked(Topic topic, TagMatch match) throws PackDamagedException {
    View view = topics.commits().locked(topic::committed);
    Set<PackedRun> runs = new LinkedHashSet<>();
    view.index().runs(view.earliest(), runs::add);
    SeqList found = new SeqList();
    PackedBlocks reader = topics.newBlockReader().packed();
    try {
      for (PackedRun run : runs) {
        reader.find(run, match, found::add);
      }
    } finally {
      reader.leave();
    }
    return new PackedTags(topic.id(), runs, found);
  }

  /// Records of some tags in `runs`, live or not.
  private record PackedTags(long topicId, Set<PackedRun> runs, SeqList found) {
    static final PackedTags NONE = new PackedTags(0, Set.of(), new SeqList());

    /// Whether there is nothing else in the packs of a topic.
    boolean covers(Topic topic, View view) {
      boolean[] covers = {true};
      view.index()
          .runs(view.earliest(), run -> covers[0] &= topicId == topic.id() && runs.contains(run));
      return covers[0];
    }
  }

  private @Nullable CompletableFuture<DeleteRecordsResult> attemptDeleteRecords(
      TopicName name, RecordSelector selector, long now, PackedTags packed) {
    Refusal refusal = topics.commits().refusal();
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Topic topic = topics.table().find(name.value());
    if (topic == null) {
      return CompletableFuture.completedFuture(new Refusal.TopicNotFound(name));
    }
    View view = topic.committed();
    if (selector.match() != null && !packed.covers(topic, view)) {
      return OUT_OF_DATE;
    }
    Expiry expiry = Retention.expiry(topic, view, now, topics.lockedSizes());
    Operation.Delete delete = select(topic, view, expiry, selector, packed);
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
    Expiry expiry = Retention.expiry(topic, view, now, topics.lockedSizes());
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
    topics.commits().publish(topic);
    return CompletableFuture.completedFuture(result);
  }

  /// The records that are there, not expired, and meant.
  private Operation.Delete select(
      Topic topic, View view, Expiry expiry, RecordSelector selector, PackedTags packed) {
    long last = Math.min(selector.beforeSeq() - 1, view.head());
    TagMatch match = selector.match();
    if (match == null) {
      Sizes sizes = topics.lockedSizes();
      Removed removed = sizes.live(topic.id(), view, expiry.earliest(), last);
      SeqRanges ranges =
          removed.isEmpty() ? new SeqRanges() : prefix(topic, view, expiry.earliest(), last);
      return new Operation.Delete(topic.id(), removed, ranges);
    }
    return selectByTag(topic, view, expiry.earliest(), last, match, packed.found());
  }

  /// The ranges from `first` to `last` that no loss interrupts. What lies above the earliest seq,
  /// because records below it have expired, is cut at windows, to tell how many bytes each lost.
  private SeqRanges prefix(Topic topic, View view, long first, long last) {
    SeqRanges ranges = new SeqRanges();
    boolean isAtStart = first == view.earliest();
    long from = first;
    while (from <= last) {
      Losses.Gap gap = view.losses().gapAt(from);
      if (gap != null) {
        from = gap.last() + 1;
        continue;
      }
      long end = Math.min(last, view.losses().nextGap(from) - 1);
      if (!isAtStart) {
        end = Math.min(end, SeqSet.endOfWindow(from));
      }
      long bytes = isAtStart ? 0 : topics.lockedSizes().live(topic.id(), view, from, end).bytes();
      ranges.addRange(from, end, bytes);
      from = end + 1;
    }
    return ranges;
  }

  private static Operation.Delete selectByTag(
      Topic topic, View view, long first, long last, TagMatch match, SeqList packed) {
    Removed removed = new Removed();
    SeqList found = new SeqList();
    boolean anyInMemory = view.memoryCount() > 0;
    TagIndex.Found select =
        (seq, bytes) -> {
          if (seq >= first && seq <= last && !view.deleted().contains(seq)) {
            found.add(seq, bytes);
            boolean inMemory = anyInMemory && view.index().memory(view.index().floor(seq)) != null;
            removed.add(inMemory, 1, bytes);
          }
        };
    packed.tell(select);
    TagIndex tags = topic.tags();
    if (tags != null) {
      tags.find(match, select);
    }
    return new Operation.Delete(topic.id(), removed, found.toRanges());
  }

  /// Seqs in any order, and the bytes of each.
  private static final class SeqList {
    private long[] seqs = new long[16];
    private int[] bytes = new int[16];
    private int size;

    void add(long seq, int payloadBytes) {
      if (size == seqs.length) {
        seqs = Arrays.copyOf(seqs, size * 2);
        bytes = Arrays.copyOf(bytes, size * 2);
      }
      seqs[size] = seq;
      bytes[size++] = payloadBytes;
    }

    void tell(TagIndex.Found found) {
      for (int i = 0; i < size; i++) {
        found.record(seqs[i], bytes[i]);
      }
    }

    /// Those of one tag come in their order, those of several tag by tag.
    SeqRanges toRanges() {
      long[] sorted = seqs;
      int[] sortedBytes = bytes;
      if (!isSorted()) {
        sorted = Arrays.copyOf(seqs, size);
        Arrays.sort(sorted);
        sortedBytes = new int[size];
        for (int i = 0; i < size; i++) {
          sortedBytes[Arrays.binarySearch(sorted, seqs[i])] = bytes[i];
        }
      }
      SeqRanges ranges = new SeqRanges();
      for (int i = 0; i < size; i++) {
        ranges.add(sorted[i], sortedBytes[i]);
      }
      return ranges;
    }

    private boolean isSorted() {
      int i = 1;
      while (i < size && seqs[i - 1] < seqs[i]) {
        i++;
      }
      return i >= size;
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
