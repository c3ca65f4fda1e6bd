package dev.topics.engine.topic;

import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicPage;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.model.TopicTotals;
import dev.topics.engine.model.TopicType;
import dev.topics.storage.journal.Journal;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
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
  private final TopicTable table;
  private final EngineTime clock;
  private final WriteLimits limits;
  private final CommitLog commits;
  private final BlockReader lockedBlocks;
  private final TopicCommands commands;
  private final Housekeeping housekeeping;
  private final long evictedBefore;

  Topics(Journal journal, TopicTable table, EngineClock clock, WriteLimits limits) {
    this.journal = journal;
    this.table = table;
    this.clock = new EngineTime(clock);
    this.limits = limits;
    commits = new CommitLog(journal, table, this.clock);
    lockedBlocks = new BlockReader(journal);
    commands = new TopicCommands(this);
    housekeeping = new Housekeeping(this);
    evictedBefore = table.evicted();
    journal.listen(commits);
  }

  TopicTable table() {
    return table;
  }

  CommitLog commits() {
    return commits;
  }

  EngineTime clock() {
    return clock;
  }

  /// The reader for whoever holds the commit lock.
  BlockReader lockedBlocks() {
    return lockedBlocks;
  }

  BlockReader newBlockReader() {
    return new BlockReader(journal);
  }

  /// Applies to `topic` what is not logged.
  void applyInMemory(Topic topic, Operation operation) {
    int bytes = operation.encodedBytes();
    switch (operation) {
      case Operation.AppendRecords append -> {
        long at = topic.memory().allocate(bytes);
        commits.applyInMemory(append, topic.memory().chunk(), at);
      }
      case Operation.Evict _, Operation.Delete _ ->
          commits.applyInMemory(operation, MemorySegment.ofArray(new long[bytes / 8]), 0);
      case Operation.Reserve _, Operation.PutTopic _, Operation.DropTopic _ ->
          throw new IllegalArgumentException("always logged: " + operation);
    }
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
    return commands.deleteRecords(name, selector);
  }

  /// The topic as it is now, null if there is none. `touch` counts as consumption.
  public @Nullable TopicState state(TopicName name, boolean touch) {
    Topic topic = table.find(name.value());
    return topic == null ? null : state(topic, touch, clock.millis(), newBlockReader());
  }

  /// Up to `pageSize` topics with `prefix`, in the order of their names, behind `afterName` (empty:
  /// from the start).
  public TopicPage list(String prefix, String afterName, int pageSize, boolean touch) {
    long now = clock.millis();
    BlockReader blocks = newBlockReader();
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
      page.add(state(candidate.getValue(), touch, now, blocks));
    }
    return new TopicPage(page, false);
  }

  private static TopicState state(Topic topic, boolean touch, long now, BlockReader blocks) {
    if (touch) {
      topic.touch(now);
    }
    View view = topic.view();
    Expiry expiry = Retention.expiry(topic, view, now, blocks);
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
        lastRead == 0 ? null : lastRead);
  }

  /// Runs `wake` once, when something behind `afterSeq` is visible or the topic is gone; at once if
  /// that is so already. On any thread.
  public Wakeup await(TopicName name, long afterSeq, Runnable wake) {
    Topic topic = table.find(name.value());
    if (topic == null) {
      wake.run();
      return () -> {};
    }
    Waiters.Waiter waiter = new Waiters.Waiter(afterSeq, wake);
    topic.waiters().add(waiter);
    boolean due = topic.isDropped() || topic.view().head() > afterSeq;
    if (due && topic.waiters().remove(waiter)) {
      wake.run();
    }
    return () -> topic.waiters().remove(waiter);
  }

  /// Sums over all topics.
  public TopicTotals totals() {
    Map<Durability, Integer> byClass = new EnumMap<>(Durability.class);
    int queues = 0;
    long records = 0;
    long bytes = 0;
    for (Topic topic : table.all()) {
      View view = topic.view();
      byClass.merge(view.config().durability(), 1, Integer::sum);
      queues += view.config().type() == TopicType.QUEUE ? 1 : 0;
      records += view.count();
      bytes += view.bytes();
    }
    long evicted = table.evicted() - evictedBefore;
    return new TopicTotals(table.size(), byClass, queues, records, bytes, evicted);
  }

  /// Writes down what has expired and gives idle reservations back; returns how much it did.
  public int housekeepingStep() {
    return housekeeping.step();
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
      TopicRecovery.logAll(commits, heads);
      return true;
    } catch (IOException e) {
      log.warn("the exact heads could not be logged; the next start reports them as lost", e);
      return false;
    }
  }

  /// Answers everything that still waits for a sync; to be called when no more syncs come.
  public void failWaiting() {
    commits.failWaiting();
  }
}
