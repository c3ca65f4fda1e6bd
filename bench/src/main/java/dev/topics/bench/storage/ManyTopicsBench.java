package dev.topics.bench.storage;

import dev.topics.engine.Engine;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Many topics of a record each: how fast they are made, what each holds, and what appends to one
/// of them at random and the recovery cost.
final class ManyTopicsBench {
  private static final int UNDER_WAY = 64;
  private static final int RECORD_BYTES = 100;

  private final int topics;
  private final int appends;
  private final int rounds;
  private final Durability durability;
  private final int restSeconds;
  private final LongAdder waited = new LongAdder();

  ManyTopicsBench(int topics, int appends, int rounds, Durability durability, int restSeconds) {
    this.topics = topics;
    this.durability = durability;
    this.restSeconds = restSeconds;
    this.appends = appends;
    this.rounds = rounds;
  }

  void run(StorageOptions options) throws IOException, InterruptedException {
    List<TopicName> names = new ArrayList<>();
    for (int i = 0; i < topics; i++) {
      names.add(new TopicName("topic-" + i));
    }
    try (StorageRig rig = StorageRig.open(options)) {
      rig.closeEngine();
      Memory base = OpenCommand.inAnotherJvm(rig.directory(), rig.journalFileBytes()).memory();
      rig.reopen(true);
      Memory before = Memory.now();
      double seconds = create(rig.engine(), names);
      rig.body(Bodies.records(1, RECORD_BYTES));
      append(rig, names);
      Memory held = Memory.now().beyond(before);
      System.out.printf(
          Locale.ROOT,
          "%,d topics made, %,.0f a second; heap %.0f B each with a record%n",
          topics,
          topics / seconds,
          held.heapBytes() / (double) topics);
      compare(rig, names);
      rig.settle();
      rig.closeEngine();
      print(rig, base);
    }
  }

  /// Several under way, as from several clients: each waits until its topic is on stable storage.
  private double create(Engine engine, List<TopicName> names) throws InterruptedException {
    Semaphore free = new Semaphore(UNDER_WAY);
    long start = System.nanoTime();
    for (TopicName name : names) {
      free.acquire();
      var _ =
          engine
              .putTopic(name, config -> config.durability(durability))
              .thenAccept(_ -> free.release());
    }
    free.acquire(UNDER_WAY);
    return (System.nanoTime() - start) / 1e9;
  }

  private void compare(StorageRig rig, List<TopicName> names) throws InterruptedException {
    Random random = new Random(1);
    List<Double> ratios = new ArrayList<>();
    List<Double> micros = new ArrayList<>();
    List<TopicName> one = Collections.nCopies(appends, names.getFirst());
    long waitedOfOne = 0;
    long waitedOfAny = 0;
    for (int i = 0; i <= rounds; i++) {
      List<TopicName> any = any(names, random);
      waited.reset();
      double toOne = append(rig, one);
      long ofOne = waited.sumThenReset();
      double toAny = append(rig, any);
      if (i > 0) {
        waitedOfOne += ofOne;
        waitedOfAny += waited.sum();
        ratios.add(toAny / toOne);
        micros.add(toOne);
      }
    }
    Collections.sort(ratios);
    Collections.sort(micros);
    System.out.printf(
        Locale.ROOT,
        "append %s to one topic %.2f us, %.2f %% waited for a sync; to any %.2f times that"
            + " [%.2f, %.2f], %.2f %% waited%n",
        durability,
        micros.get(rounds / 2),
        100.0 * waitedOfOne / rounds / appends,
        ratios.get(rounds / 2),
        ratios.getFirst(),
        ratios.getLast(),
        100.0 * waitedOfAny / rounds / appends);
    if (restSeconds > 0) {
      appendAfterRest(rig, any(names, random));
    }
  }

  private List<TopicName> any(List<TopicName> names, Random random) {
    List<TopicName> any = new ArrayList<>();
    for (int k = 0; k < appends; k++) {
      any.add(names.get(random.nextInt(topics)));
    }
    return any;
  }

  /// Each topic has rested, so that it has no seqs in reserve.
  private void appendAfterRest(StorageRig rig, List<TopicName> any) throws InterruptedException {
    TimeUnit.SECONDS.sleep(restSeconds);
    waited.reset();
    double micros = append(rig, any);
    System.out.printf(
        Locale.ROOT,
        "append to any topic after %d s of rest %.2f us, %.2f %% waited%n",
        restSeconds,
        micros,
        100.0 * waited.sum() / appends);
  }

  private void note(AppendResult answer, Semaphore free) {
    if (answer instanceof AppendResult.Appended appended && appended.syncNanos() > 0) {
      waited.increment();
    }
    free.release();
  }

  /// Several under way, as from several clients: the first append to a topic that has rested waits
  /// for a sync.
  private double append(StorageRig rig, List<TopicName> to) throws InterruptedException {
    Semaphore free = new Semaphore(UNDER_WAY);
    long start = System.nanoTime();
    for (TopicName topic : to) {
      free.acquire();
      var _ = rig.send(topic).thenAccept(answer -> note(answer, free));
    }
    free.acquire(UNDER_WAY);
    return (System.nanoTime() - start) / 1e3 / to.size();
  }

  private void print(StorageRig rig, Memory base) throws IOException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    Memory memory = base;
    for (int i = 0; i < rounds; i++) {
      OpenCommand.Opened opened = OpenCommand.inAnotherJvm(rig.directory(), rig.journalFileBytes());
      millis.add(opened.millis());
      memory = opened.memory().beyond(base);
    }
    System.out.printf(
        Locale.ROOT,
        "opened in %.0f ms of %s; %.0f B a topic (heap %,d B, native %,d B)%n",
        millis.stream().sorted().toList().get(rounds / 2),
        millis.stream().map(Math::round).toList(),
        memory.bytes() / (double) topics,
        memory.heapBytes(),
        memory.nativeBytes());
  }
}
