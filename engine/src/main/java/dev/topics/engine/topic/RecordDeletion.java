package dev.topics.engine.topic;

import dev.topics.engine.index.Losses;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.Removed;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.pack.PackDamagedException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes records of a topic that are there now: those below a seq, those with some tags, or those
/// of which both is true (http-api §5).
///
/// Tagged ones are found in rounds, so that memory is taken for a bounded number of them, and go in
/// slices, each of a frame, so that writers never wait for very many. What ends a deletion between
/// two slices leaves the rest; a repeat deletes it.
///
/// **Threading** One thread, without the commit lock, which it takes for each slice.
final class RecordDeletion {
  private static final Logger log = LoggerFactory.getLogger(RecordDeletion.class);
  private static final int SLICE_RECORDS = 1 << 16;

  private final Topics topics;
  private final TopicName name;
  private final RecordSelector selector;
  private final long now;
  private @Nullable TaggedRecords tagged;

  /// The first of the tagged records that was not looked at yet.
  private int next;

  private long deleted;
  private boolean anotherSlice;
  private boolean anotherRound;

  RecordDeletion(Topics topics, TopicName name, RecordSelector selector) {
    this.topics = topics;
    this.name = name;
    this.selector = selector;
    now = topics.clock().millis();
  }

  CompletableFuture<DeleteRecordsResult> run() {
    CompletableFuture<DeleteRecordsResult> answer;
    do {
      TagMatch match = selector.match();
      Topic topic = topics.table().find(name.value());
      if (match != null && topic != null) {
        Refusal refusal = find(topic, match);
        if (refusal != null) {
          return CompletableFuture.completedFuture(refusal);
        }
      }
      do {
        answer = topics.commits().locked(this::attempt);
      } while (anotherSlice);
    } while (anotherRound);
    return answer;
  }

  private @Nullable Refusal find(Topic topic, TagMatch match) {
    while (true) {
      try {
        TaggedRecords before = tagged;
        tagged =
            before != null && before.areOf(topic)
                ? before.findNext(topics, match)
                : TaggedRecords.find(topics, topic, match);
        next = 0;
        return null;
      } catch (PackDamagedException damaged) {
        log.error("records of topic \"{}\" cannot be deleted by tag", name, damaged);
        return DamagedRecordsException.passes(damaged)
            ? new Refusal.Exhausted()
            : new Refusal.DataCorrupt(name, damaged.firstSeq(), damaged.lastSeq());
      } catch (MovedRecordsException elsewhere) {
        if (topic.isDropped()) {
          return null;
        }
      }
    }
  }

  /// One try to delete the next slice, under the commit lock; null if the log needs room first.
  private @Nullable CompletableFuture<DeleteRecordsResult> attempt() {
    anotherSlice = false;
    anotherRound = false;
    Refusal refusal = topics.commits().refusal();
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Topic topic = topics.table().find(name.value());
    TaggedRecords found = tagged;
    boolean another =
        topic != null && selector.match() != null && (found == null || !found.areOf(topic));
    if (topic == null || another) {
      anotherRound = another && deleted == 0;
      return CompletableFuture.completedFuture(new Refusal.TopicNotFound(name));
    }
    Expiry expiry = Retention.expiry(topic, topic.committed(), now, topics.lockedSizes());
    if (!expiry.expired().isEmpty()) {
      Room room = topics.expire(topic, expiry);
      if (room != Room.OK) {
        return noRoom(room);
      }
    }
    View view = topic.committed();
    int end = found == null ? 0 : Math.min(next + SLICE_RECORDS, found.size());
    Operation.Delete delete =
        found == null ? selectAll(topic, view) : selectTagged(topic, view, found, end);
    boolean logged = !delete.removed().isMemoryOnly();
    if (logged) {
      Room room = topics.commits().commit(List.of(delete), Urgency.RECLAIM);
      if (room != Room.OK) {
        return noRoom(room);
      }
    } else if (!delete.removed().isEmpty()) {
      topics.applyInMemory(topic, delete);
    }
    next = end;
    anotherSlice = found != null && end < found.size();
    anotherRound = found != null && !anotherSlice && !found.areLast();
    deleted += delete.removed().records();
    return answer(topic, logged && topic.config().durable());
  }

  private static @Nullable CompletableFuture<DeleteRecordsResult> noRoom(Room room) {
    return switch (room) {
      case OK, NO_SPARE -> null;
      case DISK_FULL -> CompletableFuture.completedFuture(new Refusal.StorageFull());
      case FAILED -> CompletableFuture.completedFuture(new Refusal.StorageFailed());
    };
  }

  private CompletableFuture<DeleteRecordsResult> answer(Topic topic, boolean fsync) {
    View view = topic.committed();
    DeleteRecordsResult result =
        new DeleteRecordsResult.Deleted(
            deleted, view.earliest(), view.head(), view.count(), view.bytes());
    if (fsync || topic.hasQueuedViews()) {
      return topics
          .commits()
          .whenDurable(
              topics.commits().lastLsn(), topic, view, _ -> result, new Refusal.StorageFailed());
    }
    topics.commits().publish(topic);
    return CompletableFuture.completedFuture(result);
  }

  private Operation.Delete selectAll(Topic topic, View view) {
    long last = Math.min(selector.beforeSeq() - 1, view.head());
    Removed removed = topics.lockedSizes().live(topic.id(), view, view.earliest(), last);
    SeqRanges ranges = removed.isEmpty() ? new SeqRanges() : prefix(view, last);
    return new Operation.Delete(topic.id(), removed, ranges);
  }

  /// What is between the losses from the earliest record to `last`.
  private static SeqRanges prefix(View view, long last) {
    SeqRanges ranges = new SeqRanges();
    long from = view.earliest();
    while (from <= last) {
      Losses.Gap gap = view.losses().gapAt(from);
      if (gap == null) {
        long end = Math.min(last, view.losses().nextGap(from) - 1);
        ranges.addRange(from, end, 0);
        from = end + 1;
      } else {
        from = gap.last() + 1;
      }
    }
    return ranges;
  }

  private Operation.Delete selectTagged(Topic topic, View view, TaggedRecords found, int end) {
    Removed removed = new Removed();
    SeqRanges ranges = new SeqRanges();
    boolean anyInMemory = view.memoryCount() > 0;
    for (int i = next; i < end; i++) {
      long seq = found.seq(i);
      boolean lives = seq >= view.earliest() && !view.deleted().contains(seq);
      if (lives && seq < selector.beforeSeq()) {
        ranges.add(seq, found.bytes(i));
        boolean inMemory = anyInMemory && view.index().memory(view.index().floor(seq)) != null;
        removed.add(inMemory, 1, found.bytes(i));
      }
    }
    return new Operation.Delete(topic.id(), removed, ranges);
  }
}
