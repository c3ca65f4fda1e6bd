package dev.topics.engine.topic;

import dev.topics.engine.index.GrandTotals;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.Quota;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicPage;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.model.TopicTotals;
import dev.topics.engine.record.Removed;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.pack.Packs;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All topics of an engine: what can be asked of them and done to them.
///
/// **Threading** Any thread. Futures complete at once, or on the flusher's thread when the answer
/// had to wait for a sync.
public final class Topics {
  private static final Logger log = LoggerFactory.getLogger(Topics.class);

  private final Journal journal;
  private final Packs packs;
  private final TopicTable table;
  private final EngineTime clock;
  private final WriteLimits limits;
  private final CommitLog commits;
  private final Sizes lockedSizes;
  private final Growth growth;
  private final QuotaGuard quota;
  private final TopicCommands commands;
  private final long evictedBefore;

  public Topics(
      Journal journal, Packs packs, Applier applier, EngineTime clock, WriteLimits limits) {
    this.journal = journal;
    this.packs = packs;
    table = applier.table();
    this.clock = clock;
    this.limits = limits;
    commits = new CommitLog(journal, applier, clock);
    lockedSizes = new Sizes(newBlockReader());
    growth = new Growth(commits, lockedSizes);
    quota = new QuotaGuard(table);
    commands = new TopicCommands(this);
    evictedBefore = table.totals().evicted();
    journal.listen(commits);
    BlockReader blocks = newBlockReader();
    applier.live(new ForwardReader(journal::newReader), blocks);
    blocks.packed().leave();
  }

  public TopicTable table() {
    return table;
  }

  public CommitLog commits() {
    return commits;
  }

  public EngineTime clock() {
    return clock;
  }

  /// The sums for whoever holds the commit lock.
  public Sizes lockedSizes() {
    return lockedSizes;
  }

  /// What was committed of `topic`; null if it is gone.
  public @Nullable View committed(Topic topic) {
    View[] view = new View[1];
    boolean isThere =
        commits.locked(() -> {
          view[0] = topic.glance();
          return !topic.isDropped();
        });
    return isThere ? view[0] : null;
  }

  public BlockReader newBlockReader() {
    return new BlockReader(journal::newReader, packs);
  }

  /// The same for who reads most of some files of the journal within seconds.
  public BlockReader newSweepingReader() {
    return new BlockReader(journal::newSweepingReader, packs);
  }

  public Sizes newSizes() {
    return new Sizes(newBlockReader());
  }

  /// Applies to `topic` what is not logged.
  public void applyInMemory(Topic topic, Operation operation) {
    int bytes = operation.encodedBytes();
    switch (operation) {
      case Operation.AppendRecords append -> {
        long at = topic.memory().allocate(bytes);
        commits.applyInMemory(append, topic.memory().chunk(), at);
      }
      case Operation.Evict _, Operation.Delete _, JobOperation _ ->
          commits.applyInMemory(operation, MemorySegment.ofArray(new long[bytes / 8]), 0);
      case RouterOperation.Copies copies -> {
        long at = topic.memory().allocate(bytes);
        commits.applyInMemory(copies, topic.memory().chunk(), at);
      }
      case Operation.Reserve _,
          Operation.PutTopic _,
          Operation.DropTopic _,
          PackInstall _,
          Operation.SettleGaps _,
          RouterOperation _ ->
          throw new IllegalArgumentException("always logged: " + operation);
    }
  }

  /// A new forwarder of records between topics, for one thread.
  public Forwarding newForwarding() {
    return new Forwarding(this);
  }

  /// Changes routers under the commit lock: `change` runs again after making room whenever it
  /// returns null.
  public <R> R changeRouters(Function<RouterChange, @Nullable R> change) {
    return commits.locked(() -> change.apply(new RouterChange(this)));
  }

  /// How often a defect kept somebody from being told of a change, since the start. Any thread.
  public long failures() {
    return commits.failures();
  }

  /// Runs `task` at once, or soon after the commit lock is free if this thread holds it.
  public void soon(Runnable task) {
    commits.soon(task);
  }

  /// Writes down what of `topic` has expired, and lets readers see it; anything but [Room#OK]
  /// changed nothing. Under the commit lock.
  public Room expire(Topic topic, Expiry expiry) {
    Operation.Evict evict = TopicCommands.expire(topic, expiry);
    Room room = Room.OK;
    if (evict.removed().isMemoryOnly()) {
      applyInMemory(topic, evict);
    } else {
      room = commits.commit(List.of(evict), Urgency.RECLAIM);
    }
    if (room == Room.OK) {
      commits.publish(topic);
    }
    return room;
  }

  /// What a topic takes now. Under the commit lock.
  CapRoom roomOf(Topic topic, long now) {
    TopicConfig config = topic.config();
    if (!config.refusesAboveCaps()) {
      return CapRoom.UNBOUNDED;
    }
    View view = topic.committed();
    Removed expired = Retention.expiry(topic, view, now, lockedSizes).expired();
    long records = view.count() - expired.records();
    long bytes = view.bytes() - expired.bytes();
    return new CapRoom(
        config.capRecords() == 0 ? Long.MAX_VALUE : Math.max(0, config.capRecords() - records),
        config.capBytes() == 0 ? Long.MAX_VALUE : Math.max(0, config.capBytes() - bytes));
  }

  /// Bounds what all topics together may hold from now on. To be called before anything is asked.
  public void bound(Quota bounds) {
    quota.set(bounds);
  }

  /// Sets for how long an answer may wait before appends are refused; 0 for ever. To be called
  /// before anything is asked.
  public void refuseUnderPressure(long nanos) {
    commits.refuseUnderPressure(nanos);
  }

  /// How many topics there are.
  public int size() {
    return table.size();
  }

  QuotaGuard quota() {
    return quota;
  }

  /// What goes with records that are added.
  Growth growth() {
    return growth;
  }

  /// A new appender, for one thread.
  public Appender newAppender() {
    return new Appender(this, limits);
  }

  /// A new reader, for one thread.
  public TopicReader newReader() {
    return new TopicReader(this);
  }

  /// Creates a topic or changes the given fields of an existing one; durable when it answers.
  public CompletableFuture<PutTopicResult> put(TopicName name, ConfigPatch patch) {
    return commands.put(name, patch);
  }

  /// Deletes a topic and everything in it; durable when it answers.
  public CompletableFuture<DeleteTopicResult> delete(TopicName name, boolean ifEmpty) {
    return commands.delete(name, ifEmpty);
  }

  /// Deletes the records that are there now and that `selector` means.
  public CompletableFuture<DeleteRecordsResult> deleteRecords(
      TopicName name, RecordSelector selector) {
    return new RecordDeletion(this, name, selector).run();
  }

  /// The topic as it is now, null if there is none. `touch` counts as consumption.
  public @Nullable TopicState state(TopicName name, boolean touch) {
    Topic topic = table.find(name.value());
    return topic == null ? null : state(topic, touch, clock.millis(), newSizes());
  }

  /// Up to `pageSize` topics with `prefix`, in the order of their names, behind `afterName` (empty:
  /// from the start).
  public TopicPage list(String prefix, String afterName, int pageSize, boolean touch) {
    long now = clock.millis();
    Sizes sizes = newSizes();
    List<TopicState> page = new ArrayList<>();
    boolean fromPrefix = afterName.compareTo(prefix) < 0;
    Map<String, Topic> candidates = table.from(fromPrefix ? prefix : afterName, fromPrefix);
    for (Map.Entry<String, Topic> candidate : candidates.entrySet()) {
      if (!candidate.getKey().startsWith(prefix)) {
        break;
      }
      if (page.size() == pageSize) {
        return new TopicPage(page, true);
      }
      page.add(state(candidate.getValue(), touch, now, sizes));
    }
    return new TopicPage(page, false);
  }

  private TopicState state(Topic topic, boolean touch, long now, Sizes sizes) {
    if (touch) {
      topic.touch(now);
    }
    return topic.jobs() == null
        ? state(topic, now, sizes)
        : commits.locked(() -> state(topic, now, lockedSizes));
  }

  private static TopicState state(Topic topic, long now, Sizes sizes) {
    while (true) {
      View view = topic.view();
      try {
        return state(topic, view, Retention.expiry(topic, view, now, sizes), now);
      } catch (MovedRecordsException moved) {
        if (topic.isDropped()) {
          return state(topic, view, Expiry.none(view), now);
        }
        moved.throwUnlessNewer(view, topic.view());
      } finally {
        sizes.blocks().packed().leave();
      }
    }
  }

  private static TopicState state(Topic topic, View view, Expiry expiry, long now) {
    long lastRead = topic.lastReadMillis();
    return new TopicState(
        topic.name(),
        view.config(),
        view.head(),
        expiry.earliest(),
        view.count() - expiry.expired().records(),
        view.bytes() - expiry.expired().bytes(),
        Priority.effective(view.config(), lastRead, now),
        view.lastTs() == 0 ? null : view.lastTs(),
        lastRead == 0 ? null : lastRead,
        topic.jobs() == null ? null : Door.visibleJobs(topic, view, expiry));
  }

  /// The door to topics for what is built on them.
  public Door door() {
    return new Door(this);
  }

  /// The topic of that name, which must be there.
  Topic known(TopicName name) {
    Topic topic = table.find(name.value());
    if (topic == null) {
      throw new IllegalStateException("topic " + name + " is not there");
    }
    return topic;
  }

  /// The removal of the first `count` of `seqs`, ascending, each of a record that lives.
  Operation.Delete deletion(Topic topic, long[] seqs, int count) {
    View view = topic.committed();
    Removed removed = new Removed();
    SeqRanges ranges = new SeqRanges();
    int from = 0;
    for (int i = 1; i <= count; i++) {
      boolean goesOn =
          i < count && seqs[i] == seqs[i - 1] + 1 && SeqSet.inSameWindow(seqs[from], seqs[i]);
      if (!goesOn) {
        Removed stretch = lockedSizes.live(topic.id(), view, seqs[from], seqs[i - 1]);
        removed.add(stretch);
        ranges.addRange(seqs[from], seqs[i - 1], stretch.bytes());
        from = i;
      }
    }
    return new Operation.Delete(topic.id(), removed, ranges);
  }

  /// The topic that has this name now; null if there is none.
  public @Nullable TopicRef find(TopicName name) {
    Topic topic = table.find(name.value());
    return topic == null ? null : topic.ref();
  }

  /// `ref` as it is now.
  public TopicState state(TopicRef ref) {
    return state(ref.topic(), false, clock.millis(), newSizes());
  }

  /// A new wire for the thread that runs the tasks of `owner` at once and those of `later` in
  /// between; there are to be few of them.
  public Newswire newWire(Executor owner, Executor later) {
    Newswire wire = new Newswire(commits, owner, later);
    commits.add(wire);
    return wire;
  }

  /// Whether nothing expires because the wall clock jumped.
  public boolean isTimeFrozen() {
    return clock.isFrozen();
  }

  /// Sums over all topics.
  public TopicTotals totals() {
    Map<Durability, Integer> byClass = new EnumMap<>(Durability.class);
    int queues = 0;
    long inFlight = 0;
    for (Topic topic : table.all()) {
      byClass.merge(topic.likelyConfig().durability(), 1, Integer::sum);
      JobState jobs = topic.jobs();
      if (jobs != null) {
        queues++;
        inFlight += jobs.likelyInFlight();
      }
    }
    GrandTotals live = commits.locked(() -> table.totals().copy());
    return new TopicTotals(
        table.size(),
        byClass,
        queues,
        inFlight,
        live.records(),
        live.bytes(),
        live.evicted() - evictedBefore);
  }

  /// Takes no more commands and logs the exact heads, so that a clean restart loses no seq; returns
  /// whether it could.
  public boolean close() {
    commits.close();
    List<Operation> heads = new ArrayList<>();
    for (Topic topic : table.all()) {
      if (topic.reservation().isOutstanding(topic.head())) {
        heads.add(new Operation.Reserve(topic.id(), topic.head(), topic.head()));
      }
    }
    try {
      commits.commitAll(heads);
      return true;
    } catch (IOException e) {
      log.warn("the exact heads could not be logged; the next start reports them as lost", e);
      return false;
    }
  }

  /// Answers everything that still waits for a sync; to be called when no more syncs come.
  public void failWaiting() {
    lockedSizes.blocks().packed().leave();
    commits.failWaiting();
  }
}
