package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.GrandTotals;
import dev.topics.engine.index.IdempotencyWindow;
import dev.topics.engine.index.IndexChunk;
import dev.topics.engine.index.LiveTotals;
import dev.topics.engine.index.Losses;
import dev.topics.engine.index.Reservation;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.index.TagIndex;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.CopiedRecords;
import dev.topics.engine.record.Removed;
import dev.topics.storage.pack.PackedRun;
import org.jspecify.annotations.Nullable;

/// One instance of a topic: what was committed, and the [View] of it that readers see.
///
/// **Threading** Committed state changes under the commit lock, only through the `apply…` methods
/// that [Applier] calls. [#isDropped], [#durableHead] and what [#touch] changes belong to any
/// thread.
public final class Topic extends Viewed {
  /// In place of the number of a journal file.
  private static final long IN_MEMORY = -1;

  private final long id;
  private final TopicName name;
  private final TopicRef ref = new TopicRef(this);
  private final DurableHead durableHead = new DurableHead();
  private final Reservation reservation = new Reservation();
  private final LiveTotals live;
  private final @Nullable JobState jobs;

  private TopicConfig config;
  private long configLsn;
  private long restoredLsn;
  private long head;
  private long earliest = 1;
  private Losses losses = Losses.NONE;
  private SeqSet deleted = SeqSet.EMPTY;
  private long lastTs;
  private AppendIndex index = new AppendIndex();
  private @Nullable TagIndex tags;
  private @Nullable IdempotencyWindow keys;
  private @Nullable MemoryLog memory;
  private boolean gapsExpected;

  private volatile boolean dropped;
  private volatile long lastReadMillis;
  private volatile Expiry expiry = Expiry.NOTHING;

  /// @param totals of all topics, with which this one counts
  /// @param factory makes what a queue knows beyond its records
  Topic(long id, TopicName name, TopicConfig config, GrandTotals totals, JobState.Factory factory) {
    this.id = id;
    this.name = name;
    this.config = config;
    live = new LiveTotals(totals);
    this.jobs = config.type() == TopicType.QUEUE ? factory.create(this) : null;
  }

  /// No other instance ever has the same.
  public long id() {
    return id;
  }

  public TopicName name() {
    return name;
  }

  /// Takes over the state of a checkpoint, which knows what frames up to `lsn` did.
  void restore(View state, AppendIndex appends, @Nullable IdempotencyWindow window, long lsn) {
    changing();
    restoredLsn = lsn;
    head = state.head();
    earliest = state.earliest();
    losses = state.losses();
    deleted = state.deleted();
    live.set(state.count(), state.bytes());
    lastTs = state.lastTs();
    index = appends;
    keys = window;
    advanceEarliest();
  }

  /// The last frame whose operations the topic knows from a checkpoint; 0 if from none.
  long restoredLsn() {
    return restoredLsn;
  }

  void restoreTag(String tag, long seq, int payloadBytes) {
    ensureTags().restore(tag, seq, payloadBytes, fileOf(seq));
  }

  private long fileOf(long seq) {
    AppendIndex.Snapshot appends = committed().index();
    return appends.file(appends.floor(seq));
  }

  @Override
  public @Nullable JobState jobs() {
    return jobs;
  }

  /// The same of a topic that must be a queue.
  ///
  /// @throws InconsistentLogException if it is a log
  JobState knownJobs() {
    JobState known = jobs;
    if (known == null) {
      throw new InconsistentLogException("topic \"" + name + "\" is no queue and has no jobs");
    }
    return known;
  }

  // What any thread may use.

  public boolean isDropped() {
    return dropped;
  }

  TopicRef ref() {
    return ref;
  }

  DurableHead durableHead() {
    return durableHead;
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

  /// A guess at the configuration, without the commit lock.
  public TopicConfig likelyConfig() {
    return config;
  }

  /// A guess at the head, without the commit lock; so is [#lastTs].
  public long likelyHead() {
    return head;
  }

  /// Whether an idempotency key is past at `now`: a guess, without the commit lock.
  public boolean mayForgetKeys(long now) {
    IdempotencyWindow window = keys;
    return window != null && window.mayForget(now, config.idempotencyWindowMillis());
  }

  // What needs the commit lock.

  /// Forgets up to `max` idempotency keys that are past at `now`; returns how many it were.
  public int forgetKeys(long now, int max) {
    IdempotencyWindow window = keys;
    if (window == null) {
      return 0;
    }
    int forgotten = window.forget(now, config.idempotencyWindowMillis(), max);
    keys = window.isEmpty() ? null : window;
    return forgotten;
  }

  /// Bytes of data and meta of the records that live.
  long liveBytes() {
    return live.bytes();
  }

  /// Without the commit lock too, see [Viewed].
  @Override
  View picture(long change) {
    return new View(
        config,
        head,
        earliest,
        losses,
        deleted,
        live.records(),
        live.bytes(),
        live.memoryRecords(),
        live.memoryBytes(),
        lastTs,
        index.snapshot(),
        change);
  }

  public TopicConfig config() {
    return config;
  }

  /// The frame that holds the configuration.
  long configLsn() {
    return configLsn;
  }

  public long head() {
    return head;
  }

  long lastTs() {
    return lastTs;
  }

  public Reservation reservation() {
    return reservation;
  }

  public boolean isEphemeral() {
    return config.durability() == Durability.EPHEMERAL;
  }

  public @Nullable TagIndex tags() {
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

  /// Keeps records in `log`, where room was made for them: before the topic was there, perhaps.
  void keepIn(MemoryLog log) {
    memory = log;
  }

  void applyConfig(TopicConfig next, long lsn) {
    changing();
    config = next;
    configLsn = lsn;
  }

  /// @param position of the frame that holds the records; unused if they live in memory
  void applyAppend(AppendBlock block, long position, @Nullable String key, long lsn) {
    boolean logged = lsn != MemoryLog.NO_LSN;
    beginAt(block.firstSeq());
    index.add(
        block.firstSeq(),
        block.ts(),
        position,
        block.payloadBytes(),
        logged ? null : block.segment());
    added(block.firstSeq(), block.count(), block.payloadBytes(), block.ts());
    if (!logged) {
      live.addedInMemory(block.count(), block.payloadBytes());
    }
    if (block.hasTags()) {
      ensureTags().add(block, logged ? IndexChunk.file(position) : IN_MEMORY);
    }
    if (key != null) {
      if (keys == null) {
        keys = new IdempotencyWindow();
      }
      keys.remember(
          new IdempotencyWindow.Remembered(key, block.firstSeq(), block.count(), block.ts()));
    }
  }

  private void beginAt(long firstSeq) {
    if (firstSeq != head + 1) {
      throw new InconsistentLogException(
          "topic \"%s\": seq %d follows %d".formatted(name, firstSeq, head));
    }
    changing();
  }

  private void added(long firstSeq, int records, long payloadBytes, long ts) {
    head = firstSeq + records - 1;
    lastTs = ts;
    live.add(records, payloadBytes);
  }

  /// @param position of the frame that holds the reference to the records
  void applyForward(long firstSeq, int records, long payloadBytes, long ts, long position) {
    beginAt(firstSeq);
    index.add(firstSeq, ts, position, payloadBytes, null);
    added(firstSeq, records, payloadBytes, ts);
  }

  /// The seqs from `first` to `last` stand for records that a source lost before they could be
  /// forwarded. In recovery the head can be below `first`, where records lived in memory only.
  void applyTrim(long first, long last) {
    raiseHead(first - 1, LossReason.RESTART);
    raiseHead(last, LossReason.SOURCE_TRIM);
  }

  /// The same for records that were applied without.
  void indexTags(AppendBlock block) {
    ensureTags().restore(block, fileOf(block.firstSeq()));
  }

  /// The same for records that are copied from elsewhere.
  void indexTags(CopiedRecords copies, long firstSeq) {
    ensureTags().restore(copies, firstSeq, fileOf(firstSeq));
  }

  private TagIndex ensureTags() {
    TagIndex byTag = tags;
    if (byTag == null) {
      byTag = new TagIndex();
      tags = byTag;
    }
    return byTag;
  }

  public void applyReserve(long reservedHead, long through, LossReason reason, long lsn) {
    raiseHead(reservedHead, reason);
    reservation.apply(through, lsn);
  }

  /// Frames are missing, or were given up by a repair: what is left may not fit together.
  void expectGaps() {
    gapsExpected = true;
  }

  /// Counts what is there, as what the log says of it may be lost.
  void recount(Sizes sizes) {
    View view = committed();
    long records = view.liveBetween(earliest, head);
    long bytes = records == 0 ? 0 : sizes.recount(id, view);
    changing();
    live.set(records, bytes);
  }

  /// Seqs up to `newHead` that are not there are lost for `reason`.
  void raiseHead(long newHead, LossReason reason) {
    if (newHead > head) {
      changing();
      losses = losses.withGap(new Losses.Gap(head + 1, newHead, reason));
      head = newHead;
      advanceEarliest();
    }
  }

  /// In recovery the head can be below `floor`, where records lived in memory only.
  void applyEvict(long floor, Removed removed, LossReason reason) {
    changing();
    long reached = Math.min(floor, head + 1);
    removeJobs(earliest, reached - 1);
    losses = losses.withFloor(reached, reason);
    earliest = Math.max(earliest, reached);
    subtract(removed);
  }

  /// In recovery a gap can be where deleted records lived in memory only: that stays told.
  void applyDelete(SeqRanges ranges, Removed removed) {
    changing();
    if (jobs != null) {
      for (int i = 0; i < ranges.size(); i++) {
        removeJobs(ranges.first(i), Math.min(ranges.last(i), head));
      }
    }
    int i = 0;
    for (; i < ranges.size() && ranges.first(i) <= earliest; i++) {
      earliest = Math.max(earliest, Math.min(ranges.last(i), head) + 1);
    }
    deleted = deleted.with(losses.outsideGaps(ranges, i), 0, head);
    subtract(removed);
  }

  /// What began from `first` to `last` lies in `run` now; null if nothing of it was alive. `dead`
  /// are the bytes that are stored no more, by windows.
  void applyInstall(long first, long last, @Nullable PackedRun run, SeqRanges dead) {
    changing();
    index.install(first, last, run);
    index.trimBelow(earliest);
    deleted = deleted.withoutBytes(dead);
    TagIndex byTag = tags;
    if (byTag != null) {
      byTag.forget(first, last);
    }
  }

  /// The records in `ranges` cannot be read, and are given up.
  void applyLoss(SeqRanges ranges, Removed removed) {
    changing();
    for (int i = 0; i < ranges.size(); i++) {
      removeJobs(ranges.first(i), ranges.last(i));
    }
    losses = losses.withGaps(ranges, LossReason.CORRUPT);
    subtract(removed);
  }

  private void removeJobs(long first, long last) {
    if (jobs != null && first <= last) {
      jobs.removed(first, last);
    }
  }

  private void subtract(Removed removed) {
    if (!live.subtract(removed) && !gapsExpected) {
      throw new InconsistentLogException("topic \"" + name + "\" holds " + live);
    }
    advanceEarliest();
    deleted = deleted.trimmedBelow(earliest);
    index.trimBelow(earliest);
    TagIndex byTag = tags;
    if (byTag != null) {
      byTag.removed(earliest, live.records(), seq -> !deleted.contains(seq));
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
    live.dropped();
    if (jobs != null) {
      jobs.dropped();
    }
  }

  // What a queue asks under the commit lock.

  /// The first seq from `seq` on whose record lives and may be seen; past [#visibleHead] if there
  /// is none.
  public long nextLive(long seq) {
    long next = committed().nextLive(seq);
    return next > head ? head + 1 : next;
  }
}
