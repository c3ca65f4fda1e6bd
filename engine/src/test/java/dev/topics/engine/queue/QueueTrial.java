package dev.topics.engine.queue;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.LeaseRequest;
import dev.topics.engine.model.LeaseResult;
import dev.topics.engine.model.LeasesResult;
import dev.topics.engine.model.QueueCounts;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.RedriveRequest;
import dev.topics.engine.model.RedriveResult;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.model.TopicType;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.engine.topic.Door;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// The life of one queue on a simulated disk: workers claim, finish, fail and disappear, time goes
/// on, the engine crashes; a model judges every answer. The same seed lives the same life.
final class QueueTrial {
  private static final TopicName QUEUE = new TopicName("q");
  private static final TopicName DEAD = new TopicName("dead");
  private static final List<String> NODES = List.of("n1", "n2", "n3", "n4", "n5");

  private final SplittableRandom random;
  private final Consumer<Engine> sabotage;
  private final ManualClock clock = new ManualClock();
  private SimDisk disk;
  private Engine engine;

  private final Durability durability;
  private final boolean leasesDurable;
  private final int maxDeliveries;
  private final boolean deadLetter;
  private final boolean rejecting;
  private final List<Long> backoff;
  private final long leaseMillis;

  /// Long enough for a job to overtake one of a higher priority.
  private static final int AGES_MILLIS = 600_000;

  private static final long HOUR_MILLIS = 3_600_000L;
  private static final long TO_2100_MILLIS = 2_400_000_000_000L;

  private final QueueModel model;
  private final Set<Long> tokens = new HashSet<>();
  private final List<Lease> knownLeases = new ArrayList<>();
  private final List<Acking> acking = new ArrayList<>();
  private final JobPictures pictures = new JobPictures();
  private final Set<String> recoveredFrom = new HashSet<>();

  /// A lease that some worker may still believe in.
  private record Lease(long seq, String node, long token) {}

  private record Acking(CompletableFuture<LeaseResult> answer, boolean isAck) {}

  /// What a test must not find.
  static final class Violated extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Violated(String message) {
      super(message);
    }
  }

  QueueTrial(long seed, Consumer<Engine> sabotage) {
    random = new SplittableRandom(seed);
    this.sabotage = sabotage;
    disk = new SimDisk(random.nextLong());
    durability = oneOf(List.of(Durability.values()));
    leasesDurable = random.nextInt(3) == 0;
    maxDeliveries = random.nextInt(4);
    deadLetter = random.nextInt(4) > 0;
    rejecting = deadLetter && durability != Durability.EPHEMERAL && random.nextInt(5) == 0;
    backoff = random.nextInt(3) == 0 ? List.of(50L, 500L) : List.of();
    leaseMillis = 100L + random.nextInt(1000);
    model = new QueueModel(clock, deadLetter ? maxDeliveries : 0, backoff);
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
  static void require(boolean condition, String message, Object... details) {
    if (!condition) {
      throw new Violated(message.formatted(details));
    }
  }

  void run(int runs) throws IOException {
    open();
    create();
    for (int i = 0; i < runs; i++) {
      int actions = random.nextInt(60);
      for (int j = 0; j < actions; j++) {
        act();
        heed();
        check();
      }
      restart();
    }
    flush();
    check();
  }

  /// The directories that had files when it recovered.
  Set<String> recoveredFrom() {
    return recoveredFrom;
  }

  private void open() throws IOException {
    engine = Engine.open(disk, SteppedEngine.options(clock, 8 << 10, random));
  }

  private void create() {
    var _ =
        engine.putTopic(
            QUEUE,
            config ->
                config
                    .type(TopicType.QUEUE)
                    .durability(durability)
                    .leaseMillis(leaseMillis)
                    .maxDeliveries(maxDeliveries)
                    .deadLetter(deadLetter ? DEAD.value() : null)
                    .backoffMillis(backoff)
                    .leasesDurable(leasesDurable));
    if (rejecting) {
      var _ =
          engine.putTopic(
              DEAD, config -> config.capRecords(2).discard(Discard.REJECT).durability(durability));
    }
    flush();
  }

  private void act() {
    switch (random.nextInt(18)) {
      case 0, 1, 2 -> append();
      case 3, 4, 5, 6 -> claim();
      case 7, 8 -> ack();
      case 9 -> nack();
      case 10 -> extend();
      case 11 -> deleteSome();
      case 12, 13 -> clock.advance(random.nextInt(random.nextInt(10) == 0 ? AGES_MILLIS : 400));
      case 14 -> flush();
      case 15 -> lookWhileTheWallClockIsWrong();
      case 16 -> redrive();
      default -> sabotage.accept(engine);
    }
  }

  /// A step of the wall clock ends no lease and no delay.
  private void lookWhileTheWallClockIsWrong() {
    long step = oneOf(List.of(HOUR_MILLIS, -HOUR_MILLIS, -clock.wallMillis(), TO_2100_MILLIS));
    QueueCounts before = state().queue();
    clock.step(step);
    QueueCounts meanwhile = state().queue();
    clock.step(-step);
    require(meanwhile.equals(before), "%s, and after a step of the clock %s", before, meanwhile);
  }

  private void append() {
    TrialWrite write = new TrialWrite(random);
    byte[] bytes = write.body();
    var appender = engine.newAppender();
    require(
        appender.body().decode(bytes, 0, bytes.length) instanceof WriteBody.Accepted, "refused");
    var answer = appender.append(QUEUE, AppendOptions.NONE);
    flushUnless(answer.isDone());
    if (!(answer.join() instanceof AppendResult.Appended appended)) {
      throw new Violated("not appended: " + answer.join());
    }
    for (int i = 0; i < write.size(); i++) {
      long seq = appended.firstSeq() + i;
      model.add(write.job(i, seq, ts(seq), clock, model.now()));
    }
  }

  private long ts(long seq) {
    Door door = engine.queues().door();
    return door.locked(() -> door.ts(door.find(QUEUE), seq));
  }

  /// Some jobs of the dead letter come back: as new ones, of the same key and priority.
  private void redrive() {
    flush();
    learnDeadLetters();
    if (model.dead.isEmpty()) {
      return;
    }
    long head = state().headSeq();
    int max = 1 + random.nextInt(3);
    var answer =
        engine
            .queues()
            .newRedrive(
                new RedriveRequest(DEAD, null, null, new long[0], false, _ -> true, Long.MAX_VALUE))
            .slice(max);
    flushUnless(answer.isDone());
    if (!(answer.join() instanceof RedriveResult.Redriven done)) {
      throw new Violated("not redriven: " + answer.join());
    }
    require(done.jobs() == Math.min(max, model.dead.size()), "%s came back", done);
    List<ModelJob> old = List.copyOf(model.dead.values());
    model.redriven(
        (int) done.jobs(),
        seq -> {
          ModelJob job = old.get((int) (seq - head - 1));
          return new ModelJob(
              seq, job.key, job.priority, TrialWrite.waits(ts(seq), job.priority), 0);
        },
        head);
  }

  private void claim() {
    String node = oneOf(NODES);
    int max = 1 + random.nextInt(4);
    model.settle();
    long head = state().headSeq();
    List<Long> due = model.due(head);
    var claim = engine.queues().claim(new ClaimRequest(QUEUE, node, max, 0, false));
    flushUnless(claim.answer().isDone());
    if (!(claim.answer().join() instanceof ClaimedJobs jobs)) {
      throw new Violated("not claimed: " + claim.answer().join());
    }
    int deadBefore = model.dead.size();
    learnDeadLetters();
    long before = 0;
    for (int i = 0; i < jobs.size(); i++) {
      long seq = jobs.seq(i);
      require(seq > before, "%d claimed behind %d", seq, before);
      before = seq;
      model.requireClaimable(seq, jobs.deliveries(i));
      require(tokens.add(jobs.token(i)), "token %d again", jobs.token(i));
    }
    for (int i = 0; i < jobs.size(); i++) {
      ModelJob job = model.live.get(jobs.seq(i));
      job.deliveries++;
      job.node = node;
      job.token = jobs.token(i);
      job.deadline = model.now() + leaseMillis;
      knownLeases.add(new Lease(job.seq, node, job.token));
    }
    if (model.dead.size() == deadBefore) {
      Set<Long> first = new TreeSet<>(due.subList(0, Math.min(max, due.size())));
      Set<Long> given = Arrays.stream(jobs.seqs()).boxed().collect(Collectors.toSet());
      require(given.equals(first), "%s were due, and %s claimed", first, given);
    }
    // What goes to the dead letter may free the next job of its key after some were given.
    if (jobs.size() < max && (jobs.size() == 0 || model.dead.size() == deadBefore)) {
      for (ModelJob job : model.live.values()) {
        require(
            job.seq > head || model.isPoison(job) || !model.isClaimable(job),
            "%d could be claimed and was not",
            job.seq);
      }
    }
  }

  /// Some lease that was given at some time, most likely a recent one.
  private Lease someLease() {
    int size = knownLeases.size();
    return knownLeases.get(size - 1 - random.nextInt(Math.min(size, 8)));
  }

  private boolean isCurrent(Lease lease, boolean fenced) {
    ModelJob job = model.live.get(lease.seq());
    return job != null && lease.node().equals(job.node) && (!fenced || job.token == lease.token());
  }

  private void ack() {
    finish(
        true,
        (request, current) -> engine.queues().ack(request),
        job -> {
          model.live.remove(job.seq);
          model.gone.add(job.seq);
        });
  }

  private void nack() {
    long delay = random.nextInt(2) == 0 ? -1 : random.nextInt(300);
    byte[] error = "e".getBytes(StandardCharsets.UTF_8);
    finish(
        false,
        (request, current) -> engine.queues().nack(request, delay, error),
        job -> {
          long rest = delay >= 0 ? delay : model.backoff(job.deliveries);
          job.release(rest == 0 ? 0 : model.now() + rest);
        });
  }

  private void extend() {
    long millis = 100L + random.nextInt(500);
    finish(
        false,
        (request, current) -> engine.queues().extend(request, millis),
        job -> job.deadline = model.now() + millis);
  }

  private interface Finish {
    CompletableFuture<LeaseResult> run(LeaseRequest request, boolean current);
  }

  private void finish(boolean isAck, Finish finish, Consumer<ModelJob> effect) {
    if (knownLeases.isEmpty()) {
      return;
    }
    model.settle();
    Lease lease = someLease();
    boolean fenced = random.nextInt(3) > 0;
    String node = random.nextInt(8) == 0 ? oneOf(NODES) : lease.node();
    Lease claimed = new Lease(lease.seq(), node, lease.token());
    boolean current = isCurrent(claimed, fenced);
    long[] token = fenced ? new long[] {lease.token()} : null;
    var answer =
        finish.run(new LeaseRequest(QUEUE, node, new long[] {lease.seq()}, token), current);
    boolean immediate = answer.isDone();
    if (!immediate && random.nextBoolean()) {
      flush();
    }
    if (answer.isDone()) {
      if (!(answer.join() instanceof LeaseResult.Done done)) {
        throw new Violated("refused: " + answer.join());
      }
      require(
          done.done().size() == (current ? 1 : 0),
          "%s of %s: %d done, %s",
          claimed,
          model.live.get(lease.seq()),
          done.done().size(),
          current);
    } else {
      acking.add(new Acking(answer, isAck));
    }
    if (current) {
      effect.accept(model.live.get(lease.seq()));
    }
  }

  private void heed() {
    acking.removeIf(ack -> {
      if (ack.isAck()
          && ack.answer().isDone()
          && ack.answer().join() instanceof LeaseResult.Done done) {
        done.done().stream().filter(model.gone::contains).forEach(model.ackedForGood::add);
      }
      return ack.answer().isDone();
    });
  }

  private void deleteSome() {
    if (model.live.isEmpty() || random.nextInt(4) > 0) {
      return;
    }
    flush();
    long before = 1 + model.live.keySet().iterator().next() + random.nextInt(3);
    var answer = engine.deleteRecords(QUEUE, new RecordSelector(before, null));
    flushUnless(answer.isDone());
    require(answer.join() instanceof DeleteRecordsResult.Deleted, "not deleted");
    model.live.keySet().removeIf(seq -> seq < before && model.gone.add(seq));
  }

  private <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private void flushUnless(boolean done) {
    if (!done) {
      flush();
    }
  }

  private void flush() {
    int steps = 0;
    while (engine.step() > 0) {
      require(++steps < 1000, "it never comes to rest");
    }
    heed();
    if (isSynced()) {
      model.synced();
    }
  }

  private boolean isSynced() {
    return engine.stats().lastLsn() == engine.stats().durableLsn();
  }

  private TopicState state() {
    TopicState state = engine.state(QUEUE, false);
    if (state == null) {
      throw new Violated("the queue is not there");
    }
    return state;
  }

  /// What was moved to the dead letter since the last look.
  private void learnDeadLetters() {
    if (engine.state(DEAD, false) == null) {
      return;
    }
    flush();
    model.foundDead(DeadLetterReader.read(engine, DEAD));
  }

  private void check() {
    model.settle();
    require(engine.stats().failures() == 0, "there were defects");
    QueueCounts counts = state().queue();
    long count = state().count();
    require(
        counts.ready() + counts.inFlight() + counts.delayed() == count,
        "%s are not %d",
        counts,
        count);
    require(counts.ready() >= 0, "%s", counts);
    if (engine.stats().lastLsn() > engine.stats().durableLsn() && random.nextInt(3) > 0) {
      return;
    }
    flush();
    learnDeadLetters();
    Set<Long> there = DeadLetterReader.seqs(engine, QUEUE);
    require(there.equals(model.live.keySet()), "there are %s, not %s", there, model.live.keySet());
    counts = state().queue();
    long leased = model.live.values().stream().filter(ModelJob::isLeased).count();
    long delayed = model.live.values().stream().filter(job -> job.isDelayed(model.now())).count();
    pictures.check(engine, QUEUE);
    require(counts.inFlight() == leased, "%s, but %d are held", counts, leased);
    require(
        counts.delayed() - counts.stuck() == delayed, "%s, but %d are delayed", counts, delayed);
  }

  private void restart() throws IOException {
    int kind = random.nextInt(4);
    boolean flushed = kind == 0 || durability == Durability.EPHEMERAL || random.nextBoolean();
    if (flushed) {
      clock.advance(60);
      model.settle();
      flush();
      flushed = isSynced();
    }
    boolean isSyncedNow = isSynced();
    if (kind == 0) {
      engine.close();
    }
    boolean power = kind == 3 && (durability != Durability.EPHEMERAL || isSyncedNow);
    disk = disk.crash(power ? Crash.POWER : Crash.PROCESS);
    acking.clear();
    disk.files().forEach(name -> recoveredFrom.add(name.substring(0, name.lastIndexOf('/') + 1)));
    open();
    if (durability == Durability.EPHEMERAL) {
      model.forgetAll();
    } else if (power && !flushed) {
      reconcile();
    } else if (!leasesDurable) {
      model.forgetLeases();
    }
    learnDeadLetters();
    check();
  }

  private void reconcile() {
    Set<Long> there = DeadLetterReader.seqs(engine, QUEUE);
    Map<Long, Integer> moved =
        engine.state(DEAD, false) == null ? Map.of() : DeadLetterReader.read(engine, DEAD);
    if (!(engine.queues().leases(QUEUE, 0, 10_000) instanceof LeasesResult.Page page)) {
      throw new Violated("no leases");
    }
    model.reconcile(there, moved, page.leases());
  }
}
