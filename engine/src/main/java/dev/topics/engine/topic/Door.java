package dev.topics.engine.topic;

import dev.topics.engine.model.QueueCounts;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.Removed;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How what is built on topics reaches them: queues, and whoever else changes several topics at
/// once.
///
/// **Threading** [#transact], [#locked], [#find] and [#newLookup] from any thread; the rest under
/// the commit lock, which the first two hold while they run what they are given.
public final class Door {
  private final Topics topics;

  Door(Topics topics) {
    this.topics = topics;
  }

  /// Runs `attempt` under the commit lock with an empty transaction, again after making room for
  /// the log whenever it returns null.
  public <R> R transact(Function<Transaction, @Nullable R> attempt) {
    return topics.commits().locked(() -> attempt.apply(new Transaction(topics)));
  }

  /// Runs `look`, which answers something, under the commit lock.
  public <R> R locked(Supplier<@Nullable R> look) {
    return topics.commits().locked(look);
  }

  /// Runs `task` soon after the commit lock is free.
  public void afterUnlock(Runnable task) {
    topics.commits().afterUnlock(task);
  }

  /// Why no command is taken; null if they are.
  public @Nullable Refusal refusal() {
    return topics.commits().refusal();
  }

  public @Nullable Topic find(TopicName name) {
    return topics.table().find(name.value());
  }

  public EngineTime clock() {
    return topics.clock();
  }

  public RecordLookup newLookup() {
    return new RecordLookup(topics);
  }

  /// Logs what of `topic` has expired, so that its jobs are gone; anything but [Room#OK] changed
  /// nothing.
  public Room expire(Topic topic) {
    if (topic.config().ttlMillis() == 0) {
      return Room.OK;
    }
    Expiry expiry = expiryOf(topic);
    if (expiry.expired().isEmpty()) {
      return Room.OK;
    }
    Operation.Evict evict = TopicCommands.expire(topic, expiry);
    if (evict.removed().isMemoryOnly()) {
      topics.applyInMemory(topic, evict);
      topics.commits().publish(topic);
      return Room.OK;
    }
    Room room = topics.commits().commit(List.of(evict), Urgency.RECLAIM);
    if (room == Room.OK) {
      topics.commits().publish(topic);
    }
    return room;
  }

  /// The time of the record `seq` of `topic`, which lives.
  public long ts(Topic topic, long seq) {
    return topics.lockedSizes().ts(topic.committed(), seq);
  }

  /// Bytes of `data` and `meta` of all live records of `topic`.
  public long payloadBytes(Topic topic) {
    return topic.liveBytes();
  }

  /// The same of those from `first`, which lives, to `last`, inclusive.
  public long payloadBytes(Topic topic, long first, long last) {
    Removed live = topics.lockedSizes().live(topic.id(), topic.committed(), first, last);
    return live.loggedBytes() + live.memoryBytes();
  }

  /// What `topic` takes now.
  public CapRoom roomOf(Topic topic) {
    return topics.roomOf(topic, topics.clock().millis());
  }

  /// The first seq of `topic` that lives now.
  public long earliest(Topic topic) {
    return expiryOf(topic).earliest();
  }

  private Expiry expiryOf(Topic topic) {
    return Retention.expiry(
        topic, topic.committed(), topics.clock().millis(), topics.lockedSizes());
  }

  /// How many jobs `queue` has, as whoever changed them just now should hear it.
  public QueueCounts jobs(Topic queue) {
    View view = queue.committed();
    long count = view.count() - (view.head() - queue.visibleHead());
    return counts(queue, Math.max(0, count), 0, view.earliest());
  }

  /// How many jobs are in the records of `view`. Removals that are not visible yet, as they are not
  /// durable, were not answered either: those jobs are still in flight.
  static QueueCounts visibleJobs(Topic queue, View view, Expiry expiry) {
    View committed = queue.committed();
    long added = committed.head() - view.head();
    long removed = Math.max(0, view.count() - (committed.count() - added));
    long count = view.count() - expiry.expired().records();
    return counts(queue, count, removed, expiry.earliest());
  }

  private static QueueCounts counts(Topic queue, long count, long leaving, long earliest) {
    JobState.Counts jobs = queue.knownJobs().counts(earliest);
    long inFlight = Math.min(count, jobs.inFlight() + leaving);
    long delayed = Math.min(count - inFlight, jobs.delayed());
    long ready = count - inFlight - delayed;
    return new QueueCounts(
        ready,
        inFlight,
        delayed,
        Math.min(ready, jobs.blocked()),
        Math.min(delayed, jobs.stuck()),
        jobs.deadLettered());
  }

  /// Answers with `result` once everything committed so far is durable, with `failure` if that can
  /// never be known.
  public <R> CompletableFuture<R> whenDurable(Topic topic, R result, R failure) {
    return topics
        .commits()
        .whenDurable(topics.commits().lastLsn(), topic, null, _ -> result, failure);
  }
}
