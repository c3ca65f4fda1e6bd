package dev.topics.engine.topic;

import dev.topics.engine.index.IdempotencyWindow;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.RecordEncoder;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Appends writes to topics (http-api §3): decode a body into [#body], then [#append] it.
///
/// Records are encoded before the commit lock is taken, with the seqs they will probably get; under
/// the lock they are put right and copied into the log.
///
/// **Threading** One thread at a time; make one per thread.
public final class Appender {
  private final Topics store;
  private final WriteBody body;
  private final RecordEncoder records;
  private final List<Operation> operations = new ArrayList<>(4);
  private final Supplier<@Nullable CompletableFuture<AppendResult>> attempt = this::attempt;

  // What the append under way is about.
  private TopicName name = new TopicName("none");
  private @Nullable Topic found;
  private @Nullable String key;
  private AppendOptions options = AppendOptions.NONE;
  private long nowMillis;
  private long recordMillis;
  private long lockedSinceNanos;

  Appender(Topics store, WriteLimits limits) {
    this.store = store;
    this.body = new WriteBody(limits);
    this.records = new RecordEncoder(body);
  }

  /// The write to append next.
  public WriteBody body() {
    return body;
  }

  /// Appends the write in [#body]. Its bytes may be reused as soon as this returns, even if the
  /// answer has to wait for a sync.
  ///
  /// @throws IllegalArgumentException if the configuration in `appendOptions` is refused
  public CompletableFuture<AppendResult> append(TopicName topic, AppendOptions appendOptions) {
    name = topic;
    options = appendOptions;
    key = body.idempotencyKey() != null ? body.idempotencyKey() : options.idempotencyKey();
    nowMillis = store.clock().millis();
    recordMillis = store.clock().recordMillis();
    encodeAsLikely();
    CompletableFuture<AppendResult> answer = store.commits().locked(attempt);
    records.shrink();
    return answer;
  }

  private void encodeAsLikely() {
    Topic topic = store.table().find(name.value());
    found = topic;
    byte[] keyBytes = key == null ? new byte[0] : RecordEncoder.keyBytes(key);
    if (topic == null) {
      records.encode(1, recordMillis, keyBytes);
    } else {
      records.encode(topic.likelyHead() + 1, Math.max(topic.lastTs(), recordMillis), keyBytes);
    }
  }

  /// One try under the commit lock; null if the log needs room first.
  private @Nullable CompletableFuture<AppendResult> attempt() {
    lockedSinceNanos = store.clock().nanos();
    Refusal refusal = store.commits().refusal();
    if (refusal == null && !body.disableBackpressure()) {
      refusal = store.commits().pressure(lockedSinceNanos);
    }
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Topic topic = committed();
    if (topic == null) {
      return attemptOnNewTopic();
    }
    store.table().expect(topic);
    AppendResult early = answerWithoutAppending(topic);
    if (early instanceof AppendResult.Appended repeated && topic.hasQueuedViews()) {
      return store
          .commits()
          .<AppendResult>whenDurable(
              store.commits().lastLsn(), topic, null, _ -> repeated, new Refusal.StorageFailed());
    }
    if (early != null) {
      return CompletableFuture.completedFuture(early);
    }
    Refusal full = store.quota().refuseBytes(records.payloadBytes());
    if (full != null) {
      return CompletableFuture.completedFuture(full);
    }
    records.renumber(topic.head() + 1, Math.max(topic.lastTs(), recordMillis));
    operations.clear();
    return topic.isEphemeral() ? appendInMemory(topic) : appendToLog(topic);
  }

  /// The topic with the name. What was found without the lock and lives is the one: a name goes to
  /// another topic only when the first was dropped.
  private @Nullable Topic committed() {
    Topic topic = found;
    if (topic == null || topic.isDropped()) {
      topic = store.table().find(name.value());
      found = topic;
    }
    return topic;
  }

  private @Nullable AppendResult answerWithoutAppending(Topic topic) {
    if (body.jobs().rows() > 0 && topic.jobs() == null) {
      return new Refusal.NotAQueue(name);
    }
    IdempotencyWindow keys = topic.keys();
    TopicConfig config = topic.config();
    if (key != null && keys != null) {
      var known = keys.find(key, nowMillis, config.idempotencyWindowMillis());
      if (known != null) {
        long last = known.firstSeq() + known.count() - 1;
        return new AppendResult.Appended(known.firstSeq(), last, topic.head(), false, true, 0, 0);
      }
    }
    if (config.refusesAboveCaps()) {
      return fitOrFull(topic, config);
    }
    return null;
  }

  private @Nullable AppendResult fitOrFull(Topic topic, TopicConfig config) {
    long maxRecords = config.capRecords() == 0 ? Long.MAX_VALUE : config.capRecords();
    long maxBytes = config.capBytes() == 0 ? Long.MAX_VALUE : config.capBytes();
    if (records.count() > maxRecords || records.payloadBytes() > maxBytes) {
      return new AppendResult.LargerThanCap(config.capRecords(), config.capBytes());
    }
    if (store.roomOf(topic, nowMillis).holds(records.count(), records.payloadBytes())) {
      return null;
    }
    View view = topic.committed();
    Expiry expiry = Retention.expiry(topic, view, nowMillis, store.lockedSizes());
    return new AppendResult.TopicFull(
        config.capRecords(), config.capBytes(), view.head(), expiry.earliest());
  }

  private @Nullable CompletableFuture<AppendResult> attemptOnNewTopic() {
    TopicConfig config = options.config().appliedTo(TopicConfig.DEFAULT);
    if (!body.createOr(config.autoCreate())) {
      return CompletableFuture.completedFuture(new Refusal.TopicNotFound(name));
    }
    Refusal refusal = store.quota().refuseTopics(1);
    if (refusal == null) {
      refusal = store.quota().refuseBytes(records.payloadBytes());
    }
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    boolean ephemeral = config.durability() == Durability.EPHEMERAL;
    Topic model = store.table().newTopic(name, config);
    if (body.jobs().rows() > 0 && model.jobs() == null) {
      return CompletableFuture.completedFuture(new Refusal.NotAQueue(name));
    }
    if (config.refusesAboveCaps()) {
      AppendResult full = fitOrFull(model, config);
      if (full != null) {
        return CompletableFuture.completedFuture(full);
      }
    }
    records.renumber(1, recordMillis);
    operations.clear();
    operations.add(new Operation.PutTopic(model.id(), name, config));
    return ephemeral ? appendInMemory(model) : appendToLog(model);
  }

  private @Nullable CompletableFuture<AppendResult> appendToLog(Topic topic) {
    boolean created = !operations.isEmpty();
    long newHead = records.lastSeq();
    operations.add(new Operation.AppendRecords(topic.id(), records));
    if (body.jobs().rows() > 0) {
      operations.add(describeJobs(topic));
    }
    Retention.Eviction eviction = store.growth().eviction(topic, records);
    if (eviction != null) {
      operations.add(eviction.whole(topic.id()));
    }
    boolean mustWait = created || !store.growth().isVisibleAtOnce(topic, newHead);
    store.growth().reserve(topic, newHead, lockedSinceNanos, operations);
    boolean grows = !mustWait && eviction == null && topic.isAllVisible();
    return switch (grows ? grow(topic) : store.commits().commit(operations, Urgency.APPEND)) {
      case OK -> answer(created, mustWait);
      case NO_SPARE -> null;
      case DISK_FULL -> CompletableFuture.completedFuture(new Refusal.StorageFull());
      case FAILED -> CompletableFuture.completedFuture(new Refusal.StorageFailed());
    };
  }

  /// Commits what adds records to `topic` that readers may see at once, and does nothing else.
  private Room grow(Topic topic) {
    topic.growing();
    try {
      return store.commits().commit(operations, Urgency.APPEND);
    } finally {
      topic.grown();
    }
  }

  private @Nullable CompletableFuture<AppendResult> appendInMemory(Topic topic) {
    boolean created = !operations.isEmpty();
    long newHead = records.lastSeq();
    MemoryLog memory = topic.memory();
    memory.makeRoom(new Operation.AppendRecords(topic.id(), records).encodedBytes());
    boolean mustWait = created || !store.growth().isVisibleAtOnce(topic, newHead);
    store.growth().reserve(topic, newHead, lockedSinceNanos, operations);
    Retention.Eviction eviction = store.growth().eviction(topic, records);
    Operation.Evict ofStored = eviction == null ? null : eviction.ofStored(topic.id(), operations);
    Room room = operations.isEmpty() ? Room.OK : store.commits().commit(operations, Urgency.APPEND);
    return switch (room) {
      case OK -> {
        store.commits().completing(() -> applyInMemory(memory, ofStored, eviction));
        yield answer(created, mustWait);
      }
      case NO_SPARE -> null;
      case DISK_FULL -> CompletableFuture.completedFuture(new Refusal.StorageFull());
      case FAILED -> CompletableFuture.completedFuture(new Refusal.StorageFailed());
    };
  }

  private void applyInMemory(
      MemoryLog memory, Operation.@Nullable Evict ofStored, Retention.@Nullable Eviction eviction) {
    Topic topic = appended();
    topic.keepIn(memory);
    if (ofStored != null) {
      store.applyInMemory(topic, ofStored);
    }
    store.applyInMemory(topic, new Operation.AppendRecords(topic.id(), records));
    if (body.jobs().rows() > 0) {
      store.applyInMemory(topic, describeJobs(topic));
    }
    Operation.Evict ofAdded = eviction == null ? null : eviction.ofAdded(topic.id());
    if (ofAdded != null) {
      store.applyInMemory(topic, ofAdded);
    }
  }

  private JobOperation describeJobs(Topic topic) {
    return new JobOperation.Describe(topic.id(), records, body.jobs(), store.clock().wallMillis());
  }

  private CompletableFuture<AppendResult> answer(boolean created, boolean mustWait) {
    Topic topic = appended();
    long first = records.firstSeq();
    long last = records.lastSeq();
    if (!mustWait) {
      store.growth().publish(topic);
      long commitNanos = store.clock().nanos() - lockedSinceNanos;
      return CompletableFuture.completedFuture(
          new AppendResult.Appended(first, last, last, created, false, commitNanos, 0));
    }
    long commitNanos = store.clock().nanos() - lockedSinceNanos;
    return store
        .commits()
        .whenDurable(
            store.commits().lastLsn(),
            topic,
            topic.committed(),
            waitNanos ->
                new AppendResult.Appended(
                    first,
                    last,
                    Math.max(last, topic.view().head()),
                    created,
                    false,
                    commitNanos,
                    waitNanos),
            new Refusal.StorageFailed());
  }

  /// The topic, which the frame has created if it was not there.
  private Topic appended() {
    Topic topic = committed();
    if (topic == null) {
      throw new IllegalStateException("topic " + name + " was not created");
    }
    return topic;
  }
}
