package dev.topics.engine.router;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.LeaseRequest;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.FailedSync;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/// The life of a graph of routers on a simulated disk: writers, deletes, evictions, destinations
/// that are full for a while, queues that are worked on, routers and topics that come, change and
/// go, packs, disks that fail, restarts and crashes. The same seed lives the same life.
final class RouterTrial {
  private static final int FILE_BYTES = 8 << 10;

  private final SplittableRandom random;
  private final Sabotage sabotage;
  private final Hazards hazards;
  private final ManualClock clock = new ManualClock();
  private final RouterGraph graph = new RouterGraph();
  private final RouterOwner owner;
  private SimDisk disk;
  private Engine engine;
  private boolean faulty;
  private long lastNumber;

  /// What may happen in this life besides crashes of the process.
  ///
  /// @param power whether the machine may lose power
  /// @param faults whether the disk may fail
  /// @param cycles whether copies may come back to where they came from; numbers of records are not
  ///   unique then, so that all routers stamp
  record Hazards(boolean power, boolean faults, boolean cycles) {
    /// Whether classes below `fsync` may lose what was acknowledged.
    boolean takeUnsynced() {
      return power || faults;
    }
  }

  RouterTrial(long seed, Sabotage sabotage) {
    random = new SplittableRandom(seed);
    disk = new SimDisk(random.nextLong());
    hazards = new Hazards(random.nextInt(3) == 0, random.nextInt(3) == 0, random.nextInt(4) == 0);
    owner = new RouterOwner(random, graph, hazards, this::await, this::look);
    this.sabotage = sabotage;
  }

  /// Whether the disk holds a file whose name starts so, when all is over.
  boolean hasFile(String prefix) {
    return disk.files().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /// Which routers and topics there were when all was over.
  RouterGraph graph() {
    return graph;
  }

  void run(int runs) throws IOException {
    open();
    for (int run = 0; run < runs; run++) {
      plan();
      for (int actions = random.nextInt(40); actions > 0 && !isFailed(); actions--) {
        act();
      }
      if (!isFailed() && random.nextInt(3) == 0) {
        settle();
        judge(true);
      }
      restart();
    }
    settle();
    sabotage.atEnd(engine);
    settle();
    judge(true);
  }

  private void plan() {
    disk.failedSync(oneOf(List.of(FailedSync.values())));
    faulty = hazards.faults() && random.nextBoolean();
    if (faulty) {
      long at = disk.operations() + random.nextInt(80);
      disk.fail(new Fault(at, oneOf(List.of(Fault.Kind.values())), random.nextBoolean()));
    }
  }

  private boolean isFailed() {
    return engine.stats().journalState() == JournalState.FAILED;
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private void open() throws IOException {
    engine =
        EngineSeam.open(
            disk,
            SteppedEngine.options(clock, FILE_BYTES, random)
                .withPacks(PackOptions.defaults().withChunks(300, 10)),
            sabotage::between);
    owner.serve(engine);
  }

  private void restart() throws IOException {
    look();
    if (random.nextInt(3) == 0) {
      try {
        engine.close();
      } catch (IOException e) {
        RouteOracle.require(faulty, "does not close: %s", e);
      }
    }
    boolean cut = hazards.power() && random.nextBoolean();
    disk = disk.crash(cut ? Crash.POWER : Crash.PROCESS).noFaults();
    sabotage.atRestart(disk);
    faulty = false;
    open();
    owner.learnWhatBecameOf();
    look();
    graph.topics().values().forEach(TopicMemory::forgetLost);
    judge(true);
  }

  private void act() {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> append();
      case 6, 7 -> owner.addRoute();
      case 8 -> owner.changeRoute();
      case 9 -> owner.removeSomething();
      case 10, 11 -> delete();
      case 12, 13, 14 -> workInBackground();
      case 15 -> clock.advance(random.nextInt(1000));
      case 16 -> makeRoom();
      case 17 -> work();
      default -> look();
    }
  }

  private void workInBackground() {
    int steps = random.nextInt(4) == 0 ? random.nextInt(20) : 1;
    for (int i = 0; i < steps; i++) {
      sabotage.atStep(engine);
      var _ = engine.step();
    }
  }

  private void append() {
    String topic = owner.someRoot();
    if (topic == null) {
      return;
    }
    int count = 1 + random.nextInt(random.nextInt(6) == 0 ? 60 : 4);
    StringBuilder body = new StringBuilder("{\"records\":[");
    for (int i = 0; i < count; i++) {
      long number = ++lastNumber;
      body.append(i == 0 ? "" : ",").append("{\"data\":").append(number);
      body.append(number % 4 == 0 ? "}" : ",\"tag\":\"t" + number % 4 + "\"}");
    }
    byte[] bytes = body.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    RouteOracle.require(
        appender.body().decode(bytes, 0, bytes.length) instanceof WriteBody.Accepted, "rejected");
    var answer = appender.append(new TopicName(topic), AppendOptions.NONE);
    if (random.nextInt(3) == 0) {
      switch (await(answer)) {
        case AppendResult.Appended _ -> {}
        case Refusal refusal -> refused(refusal);
        default -> throw new RouteOracle.Violated("refused: " + answer.join());
      }
    }
  }

  private void refused(Object refusal) {
    RouteOracle.require(faulty, "refused without a fault: %s", refusal);
  }

  private void delete() {
    String topic = owner.someTopic();
    if (topic == null || !look()) {
      return;
    }
    TopicMemory memory = graph.topic(topic);
    long before = 1 + random.nextLong(memory.head() + 1);
    boolean byTag = random.nextBoolean();
    TagMatch match = byTag ? new TagMatch.Exact("t" + random.nextInt(4)) : null;
    delete(memory, new RecordSelector(before, match));
  }

  private void delete(TopicMemory topic, RecordSelector selector) {
    TagMatch match = selector.match();
    topic
        .live()
        .forEach((seq, record) -> {
          boolean meant = match == null || match.matches(record.tag());
          if (seq < selector.beforeSeq() && meant) {
            topic.delete(seq);
          }
        });
    var answer = engine.deleteRecords(new TopicName(topic.name()), selector);
    if (answer.isDone() && !(answer.join() instanceof DeleteRecordsResult.Deleted)) {
      refused(answer.join());
    }
  }

  /// Somebody takes what full destinations hold.
  private void makeRoom() {
    if (!look()) {
      return;
    }
    for (TopicMemory topic : graph.topics().values()) {
      if (owner.isFull(topic.name()) && !topic.live().isEmpty()) {
        delete(topic, new RecordSelector(topic.head() + 1, null));
      }
    }
  }

  /// Workers do the jobs of queues.
  private void work() {
    for (String queue : owner.queues()) {
      TopicName name = new TopicName(queue);
      int max = 1 + random.nextInt(3);
      var claim = engine.queues().claim(new ClaimRequest(name, "w", max, 0, false));
      if (!(await(claim.answer()) instanceof ClaimedJobs jobs)) {
        refused(claim.answer().join());
        continue;
      }
      if (jobs.size() > 0 && look() && random.nextBoolean()) {
        for (long seq : jobs.seqs()) {
          graph.topic(queue).delete(seq);
        }
        var _ = engine.queues().ack(new LeaseRequest(name, "w", jobs.seqs(), null));
      }
    }
  }

  private <R> R await(CompletableFuture<R> answer) {
    for (int i = 0; i < 100_000 && !answer.isDone(); i++) {
      var _ = engine.step();
    }
    RouteOracle.require(answer.isDone(), "no answer");
    return answer.join();
  }

  /// Lets everything arrive.
  private void settle() {
    disk.noFaults();
    for (int i = 0; i < 10_000 && !isFailed(); i++) {
      if (engine.step() == 0) {
        RouteOracle.require(look(), "a topic cannot be read");
        if (lagging() == null) {
          return;
        }
        clock.advance(300);
        makeRoom();
      }
    }
    RouteOracle.require(faulty && isFailed(), "it never settles: %s", lagging());
  }

  private RouterInfo lagging() {
    for (String name : graph.routers().keySet()) {
      RouterInfo info = info(name);
      if (info.lag() > 0) {
        return info;
      }
    }
    return null;
  }

  private RouterInfo info(String router) {
    RouterInfo info = engine.router(new RouterName(router));
    RouteOracle.require(info != null, "%s is not there", router);
    return info;
  }

  /// @param whole whether everything that was committed can be seen
  private void judge(boolean whole) {
    if (isFailed()) {
      return;
    }
    RouteOracle.require(look(), "a topic cannot be read");
    RouteOracle.require(engine.stats().failures() == 0, "a router failed");
    for (String router : graph.routers().keySet()) {
      List<Leg> legs = graph.legs(router);
      owner.judgeShape(router);
      for (Leg leg : legs) {
        long cursor = owner.cursor(leg);
        RouteOracle.judgeArrivals(leg, cursor);
        leg.isThere();
        if (whole) {
          RouteOracle.judgeCompleteness(leg, cursor, graph.isCyclic());
        }
      }
    }
    for (Leg leg : graph.ended()) {
      RouteOracle.judgeArrivals(leg, leg.end());
      RouteOracle.judgeCompleteness(leg, leg.end(), graph.isCyclic());
    }
    for (TopicMemory topic : graph.topics().values()) {
      RouteOracle.judgeOrigins(topic);
      if (owner.keepsEverything(topic)) {
        RouteOracle.judgeSeqs(topic);
        owner.judgeCount(topic);
      }
    }
  }

  /// Looks at every topic; false if one of them cannot be read.
  private boolean look() {
    boolean whole = true;
    for (TopicMemory topic : graph.topics().values()) {
      boolean read = TrialReader.look(engine, topic);
      if (!read && faulty && !isFailed()) {
        disk.noFaults();
        read = TrialReader.look(engine, topic);
      }
      RouteOracle.require(read || faulty, "%s cannot be read", topic.name());
      whole &= read;
    }
    return whole;
  }
}
