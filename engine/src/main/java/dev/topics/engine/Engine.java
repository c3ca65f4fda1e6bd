package dev.topics.engine;

import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DeleteRouterResult;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.PutRouterResult;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPage;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicPage;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.queue.Queues;
import dev.topics.engine.recovery.Damaged;
import dev.topics.engine.recovery.TopicRecovery;
import dev.topics.engine.router.Forwarder;
import dev.topics.engine.router.RouterTable;
import dev.topics.engine.router.Routers;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.EngineTime;
import dev.topics.engine.topic.Newswire;
import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.TopicReader;
import dev.topics.engine.topic.TopicRef;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.upkeep.Checkpointer;
import dev.topics.engine.upkeep.Housekeeping;
import dev.topics.engine.upkeep.Packer;
import dev.topics.engine.upkeep.Scrubbing;
import dev.topics.engine.watch.WatchEntropy;
import dev.topics.engine.watch.WatchSessions;
import dev.topics.storage.Store;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.pack.Packs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A persistent event engine over one data directory, to be embedded or served.
///
/// Commands answer with a result of their own or a [dev.topics.engine.model.Refusal]; exceptions
/// are for defects and for arguments that no caller should give.
///
/// **Threading** Any thread. Appenders and readers belong to one thread each.
public final class Engine implements AutoCloseable {
  private static final long PAUSE_MILLIS = 500;

  private final Store store;
  private final Packs packs;
  private final Topics topics;
  private final Queues queues;
  private final EngineClock clock;
  private final WatchSessions watches;
  private final Checkpointer checkpointer;
  private final Packer packer;
  private final Scrubbing scrubbing;
  private final Housekeeping housekeeping;
  private final Routers routers;
  private final Forwarder forwarder;
  private final List<Background> background = new ArrayList<>(4);

  private Engine(
      Store store,
      Packs packs,
      Topics topics,
      Queues queues,
      Checkpointer checkpointer,
      Packer packer,
      RouterTable routerTable,
      EngineOptions options) {
    this.store = store;
    this.packs = packs;
    this.packer = packer;
    scrubbing = new Scrubbing(packs, topics);
    housekeeping = new Housekeeping(topics);
    this.topics = topics;
    this.queues = queues;
    this.checkpointer = checkpointer;
    clock = options.clock();
    watches = new WatchSessions(clock, new WatchEntropy());
    routers = new Routers(topics, routerTable, options.maxRouters());
    forwarder = new Forwarder(topics, routerTable);
  }

  /// Opens the engine whose data is in `directory`, which is created if absent. Returns when
  /// everything is recovered.
  ///
  /// @throws IOException if the directory is in use, damaged, of another version, or the disk fails
  public static Engine open(Path directory, EngineOptions options) throws IOException {
    return open(FileDisk.open(directory), options);
  }

  /// Opens an engine over any disk.
  public static Engine open(Disk disk, EngineOptions options) throws IOException {
    return open(disk, options, UnaryOperator.identity());
  }

  /// The same with something between the log and the routers, which tests use to do wrong.
  static Engine open(Disk disk, EngineOptions options, UnaryOperator<RouterState> between)
      throws IOException {
    EngineTime time = new EngineTime(options.clock());
    Queues.Opening opening = new Queues.Opening(time);
    RouterTable routers = new RouterTable(options.clock());
    TopicRecovery recovery =
        new TopicRecovery(disk, between.apply(routers), opening, options.recoveryProgress());
    Store store = Store.open(disk, options.store(), recovery, recovery);
    Packs packs = null;
    try {
      ColdStorage cold = options.cold();
      packs =
          cold == null
              ? Packs.open(disk, store.storeId(), options.packs())
              : Packs.open(disk, cold.disk(), cold.newOwner(), store.storeId(), options.packs());
      Topics topics = recovery.finish(store, packs, time, options.writeLimits());
      topics.bound(options.quota());
      topics.refuseUnderPressure(options.pressureNanos());
      Queues queues = opening.open(topics.door(), store.bootEpoch());
      Packer packer = new Packer(store, packs, topics, cold == null ? 0 : cold.hotRetainBytes());
      Checkpointer checkpointer = recovery.newCheckpointer(store, topics, packer);
      Engine engine =
          new Engine(store, packs, topics, queues, checkpointer, packer, routers, options);
      if (options.background()) {
        engine.start(EngineThreads.daemons());
      }
      return engine;
    } catch (IOException | RuntimeException | Error failure) {
      if (packs != null) {
        packs.close();
      }
      store.abort();
      throw failure;
    }
  }

  private void start(ThreadFactory threads) {
    store.start(threads);
    LongSupplier pauseMillis = () -> PAUSE_MILLIS;
    background.add(new Background("housekeeping", housekeeping::step, pauseMillis, threads));
    background.add(new Background("packs", packer::run, pauseMillis, threads));
    background.add(new Background("scrubber", scrubbing::run, pauseMillis, threads));
    background.add(new Background("checkpoints", checkpointer::run, pauseMillis, threads));
    Background serving = new Background("queues", queues::step, queues::millisToNextStep, threads);
    queues.listen(serving::wake);
    background.add(serving);
    Background forwards =
        new Background("forwarder", forwarder::run, forwarder::pauseMillis, threads);
    Runnable wake = forwards::wake;
    forwarder.onWork(() -> topics.soon(wake));
    forwards.wake();
    background.add(forwards);
  }

  /// Where tests plant bugs.
  Topics topics() {
    return topics;
  }

  /// Where tests plant bugs.
  Store store() {
    return store;
  }

  /// An appender for one thread.
  public Appender newAppender() {
    return topics.newAppender();
  }

  /// A reader for one thread.
  public TopicReader newReader() {
    return topics.newReader();
  }

  /// What queues have beyond other topics (http-api §8).
  public Queues queues() {
    return queues;
  }

  /// Creates a topic or changes the given fields of an existing one (http-api §2.2).
  public CompletableFuture<PutTopicResult> putTopic(TopicName topic, ConfigPatch patch) {
    return topics.put(topic, patch);
  }

  /// Deletes a topic and everything in it (http-api §2.5).
  public CompletableFuture<DeleteTopicResult> deleteTopic(TopicName topic, boolean ifEmpty) {
    return topics.delete(topic, ifEmpty);
  }

  /// Deletes records for good (http-api §5).
  public CompletableFuture<DeleteRecordsResult> deleteRecords(
      TopicName topic, RecordSelector selector) {
    return topics.deleteRecords(topic, selector);
  }

  /// The topic as it is now, null if there is none. `touch` counts as consumption.
  public @Nullable TopicState state(TopicName topic, boolean touch) {
    return topics.state(topic, touch);
  }

  /// Up to `pageSize` topics whose names start with `prefix`, in order, behind `afterName` (empty:
  /// from the start).
  public TopicPage topics(String prefix, String afterName, int pageSize, boolean touch) {
    return topics(List.of(prefix), afterName, pageSize, touch);
  }

  /// The same for names that begin with any of `prefixes`, which are in the order of names and of
  /// which none begins with another.
  public TopicPage topics(List<String> prefixes, String afterName, int pageSize, boolean touch) {
    List<TopicState> found = new ArrayList<>();
    for (String prefix : prefixes) {
      TopicPage part = topics.list(prefix, afterName, pageSize - found.size(), touch);
      found.addAll(part.topics());
      if (part.more()) {
        return new TopicPage(found, true);
      }
    }
    return new TopicPage(found, false);
  }

  /// Creates a router or changes the given fields of an existing one (http-api §7.1).
  public CompletableFuture<PutRouterResult> putRouter(RouterName router, RouterPatch patch) {
    return routers.put(router, patch);
  }

  /// Deletes a router; what it forwarded stays (http-api §7.2).
  public CompletableFuture<DeleteRouterResult> deleteRouter(RouterName router) {
    return routers.delete(router);
  }

  /// The router as it is now, null if there is none.
  public @Nullable RouterInfo router(RouterName router) {
    return routers.get(router);
  }

  /// Up to `pageSize` routers whose names start with any of `prefixes`, in order, behind
  /// `afterName` (empty: from the start); only those of `source` and `dest`, if they are given. The
  /// prefixes are in the order of names, and none begins with another.
  public RouterPage routers(
      List<String> prefixes,
      @Nullable String source,
      @Nullable String dest,
      String afterName,
      int pageSize) {
    List<RouterInfo> found = new ArrayList<>();
    for (String prefix : prefixes) {
      RouterPage part = routers.list(prefix, source, dest, afterName, pageSize - found.size());
      found.addAll(part.routers());
      if (part.more()) {
        return new RouterPage(found, true);
      }
    }
    return new RouterPage(found, false);
  }

  /// The topic that has this name now; null if there is none.
  public @Nullable TopicRef find(TopicName topic) {
    return topics.find(topic);
  }

  /// `ref` as it is now; not counted as consumption.
  public TopicState state(TopicRef ref) {
    return topics.state(ref);
  }

  /// The watches that outlive their streams.
  public WatchSessions watches() {
    return watches;
  }

  /// The time as the engine sees it.
  public EngineClock clock() {
    return clock;
  }

  /// A wire on which the thread behind `owner` hears of news in topics.
  public Newswire newWire(Executor owner) {
    return newWire(owner, owner);
  }

  /// The same where telling many followers is to keep other work waiting for a moment only.
  ///
  /// @param later runs tasks on the same thread, when others had their turn
  public Newswire newWire(Executor owner, Executor later) {
    return topics.newWire(owner, later);
  }

  /// How many topics there are.
  public int topicCount() {
    return topics.size();
  }

  /// What cannot be read any more; nobody else may use the engine meanwhile.
  Damaged damaged() {
    return new Damaged(store, packs, topics);
  }

  /// Numbers about the engine as it is now; takes a look at every topic.
  public EngineStats stats() {
    long failures = topics.failures() + forwarder.failures();
    for (Background chore : background) {
      failures += chore.failures();
    }
    return EngineStats.of(
        topics,
        queues,
        store,
        packer.stats(),
        checkpointer.stats(),
        scrubbing.stats(),
        routers.size(),
        failures);
  }

  /// Whether writes are taken: none are after a defect that left state and log apart, just as after
  /// a failure of the disk.
  public JournalState journalState() {
    return topics.commits().isFailed() ? JournalState.FAILED : store.journal().state();
  }

  /// Sets who hears how many nanoseconds each sync of the log took, on the thread that synced.
  public void listenToSyncs(LongConsumer listener) {
    store.journal().listenToSyncs(listener);
  }

  /// Does the background work that is due, where no threads do it; returns how much that was.
  public int step() {
    int done = store.journal().spareMaker().step();
    done += store.journal().flusher().step();
    done += forwarder.step();
    done += queues.step();
    done += housekeeping.step();
    done += packer.step();
    done += scrubbing.step();
    return done + checkpointer.step();
  }

  /// Answers what waits, syncs, and closes so that the next start knows nothing was lost.
  ///
  /// @throws IOException if that could not be written; the next start recovers as from a crash
  @Override
  public void close() throws IOException {
    packer.stop();
    scrubbing.stop();
    checkpointer.stop();
    background.forEach(Background::close);
    packer.close();
    scrubbing.close();
    checkpointer.close();
    boolean headsLogged = topics.close();
    try {
      if (headsLogged) {
        store.close();
      } else {
        store.abort();
      }
    } finally {
      try {
        topics.failWaiting();
      } finally {
        packs.close();
      }
    }
    if (!headsLogged || store.journal().state() == JournalState.FAILED) {
      throw new IOException("closed, but the end of the log could not be written");
    }
  }
}
