package dev.topics.engine.topic;

import dev.topics.engine.model.Durability;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One instance of a topic: what was committed, and the [View] of it that readers see.
///
/// **Threading** Committed state changes under the commit lock, only through the `apply…` methods
/// that [TopicTable] calls. [#view], [#isDropped], [#waiters] and what [#touch] changes belong to
/// any thread.
final class Topic {
  private final long id;
  private final TopicName name;
  private final Waiters waiters = new Waiters();
  private final Reservation reservation = new Reservation();
  private final AtomicInteger unpublished = new AtomicInteger();

  private TopicConfig config;
  private long configLsn;
  private long head;
  private long earliest = 1;
  private Losses losses = Losses.NONE;
  private SeqSet deleted = SeqSet.EMPTY;
  private long count;
  private long bytes;
  private long lastTs;
  private long memoryCount;
  private long memoryBytes;
  private final AppendIndex index = new AppendIndex();
  private @Nullable TagIndex tags;
  private @Nullable IdempotencyWindow keys;
  private @Nullable MemoryLog memory;
  private @Nullable View committed;

  private volatile View view;
  private volatile boolean dropped;
  private volatile long lastReadMillis;
  private volatile Expiry expiry = Expiry.NOTHING;

  Topic(long id, TopicName name, TopicConfig config) {
    this.id = id;
    this.name = name;
    this.config = config;
    this.view = committed();
  }

  long id() {
    return id;
  }

  TopicName name() {
    return name;
  }

  // What any thread may use.

  View view() {
    return view;
  }

  boolean isDropped() {
    return dropped;
  }

  Waiters waiters() {
    return waiters;
  }

  /// When the topic was last consumed, ms; 0 for never in this run.
  long lastReadMillis() {
    return lastReadMillis;
  }

  void touch(long nowMillis) {
    lastReadMillis = nowMillis;
  }

  Expiry expiry() {
    return expiry;
  }

  void remember(Expiry latest) {
    expiry = latest;
  }

  /// A guess at the head for a thread without the commit lock.
  long likelyHead() {
    return head;
  }

  /// A guess at the time of the last append for a thread without the commit lock.
  long likelyLastTs() {
    return lastTs;
  }

  // What needs the commit lock.

  /// Everything that was committed, as readers will see it: the same view until something changes.
  View committed() {
    View latest = committed;
    if (latest == null) {
      latest =
          new View(
              config,
              head,
              earliest,
              losses,
              deleted,
              count,
              bytes,
              memoryCount,
              memoryBytes,
              lastTs,
              index.snapshot());
      committed = latest;
    }
    return latest;
  }

  /// Lets readers see `next`.
  void publish(View next) {
    view = next;
  }

  /// Notes that a view waits to be published by the flusher.
  void viewQueued() {
    unpublished.incrementAndGet();
  }

  /// Publishes a view that waited.
  void publishQueued(View next) {
    view = next;
    unpublished.decrementAndGet();
  }

  /// Whether newer views must queue behind others.
  boolean hasQueuedViews() {
    return unpublished.get() > 0;
  }

  TopicConfig config() {
    return config;
  }

  /// The frame that holds the configuration.
  long configLsn() {
    return configLsn;
  }

  long head() {
    return head;
  }

  long lastTs() {
    return lastTs;
  }

  Reservation reservation() {
    return reservation;
  }

  boolean isEphemeral() {
    return config.durability() == Durability.EPHEMERAL;
  }

  @Nullable TagIndex tags() {
    return tags;
  }

  @Nullable IdempotencyWindow keys() {
    return keys;
  }

  MemoryLog memory() {
    MemoryLog log = memory;
    if (log == null) {
      log = new MemoryLog();
      memory = log;
    }
    return log;
  }

  void applyConfig(TopicConfig next, long lsn) {
    committed = null;
    config = next;
    configLsn = lsn;
  }

  /// @param position of the frame that holds the records; unused if they live in memory
  void applyAppend(AppendBlock block, long position, @Nullable String key, long lsn) {
    if (block.firstSeq() != head + 1) {
      throw new InconsistentLogException(
          "topic \"%s\": seq %d follows %d".formatted(name, block.firstSeq(), head));
    }
    committed = null;
    boolean logged = lsn != MemoryLog.NO_LSN;
    index.add(block.firstSeq(), block.ts(), position, logged ? null : block.segment());
    head = block.lastSeq();
    lastTs = block.ts();
    count += block.count();
    bytes += block.payloadBytes();
    if (!logged) {
      memoryCount += block.count();
      memoryBytes += block.payloadBytes();
    }
    if (block.hasTags()) {
      indexTags(block);
    }
    if (key != null) {
      if (keys == null) {
        keys = new IdempotencyWindow();
      }
      keys.remember(
          new IdempotencyWindow.Remembered(key, block.firstSeq(), block.count(), block.ts()),
          config.idempotencyWindowMillis());
    }
  }

  private void indexTags(AppendBlock block) {
    TagIndex byTag = tags;
    if (byTag == null) {
      byTag = new TagIndex();
      tags = byTag;
    }
    for (int i = 0; i < block.count(); i++) {
      if (block.hasTag(i)) {
        byTag.add(block.tag(i), block.firstSeq() + i, block.payloadBytes(i));
      }
    }
  }

  void applyReserve(long reservedHead, long through, long lsn) {
    if (reservedHead > head) {
      committed = null;
      losses = losses.withGap(new Losses.Gap(head + 1, reservedHead, LossReason.RESTART));
      head = reservedHead;
      advanceEarliest();
    }
    reservation.apply(through, lsn);
  }

  /// In recovery the head can be below `floor`, where records lived in memory only.
  void applyEvict(long floor, Removed removed, LossReason reason) {
    committed = null;
    long reached = Math.min(floor, head + 1);
    losses = losses.withFloor(reached, reason);
    earliest = Math.max(earliest, reached);
    subtract(removed);
  }

  void applyDelete(SeqRanges ranges, Removed removed) {
    committed = null;
    int i = 0;
    for (; i < ranges.size() && ranges.first(i) <= earliest; i++) {
      earliest = Math.max(earliest, Math.min(ranges.last(i), head) + 1);
    }
    deleted = deleted.with(ranges, i, head);
    subtract(removed);
  }

  private void subtract(Removed removed) {
    long fromMemory = Math.min(memoryCount, removed.memoryRecords());
    long bytesFromMemory = Math.min(memoryBytes, removed.memoryBytes());
    memoryCount -= fromMemory;
    memoryBytes -= bytesFromMemory;
    count -= fromMemory + removed.loggedRecords();
    bytes -= bytesFromMemory + removed.loggedBytes();
    if (count == 0) {
      bytes = 0;
    }
    if (count < 0 || bytes < 0) {
      throw new InconsistentLogException(
          "topic \"%s\" holds %d records of %d bytes".formatted(name, count, bytes));
    }
    advanceEarliest();
    deleted = deleted.trimmedBelow(earliest);
    index.trimBelow(earliest);
    TagIndex byTag = tags;
    if (byTag != null && byTag.size() > 2 * count + 1024) {
      byTag.prune(seq -> seq >= earliest && !deleted.contains(seq));
    }
  }

  /// Moves on to the first live record. A gap that this reaches or passes is told together with all
  /// that was lost before, even if somebody deleted the records around it.
  private void advanceEarliest() {
    long before;
    do {
      before = earliest;
      if (earliest <= head) {
        earliest = deleted.nextAbsent(earliest);
      }
      losses = losses.absorbedThrough(earliest);
      earliest = Math.max(earliest, losses.evictFloor());
    } while (earliest != before);
  }

  void applyDrop() {
    dropped = true;
  }
}
