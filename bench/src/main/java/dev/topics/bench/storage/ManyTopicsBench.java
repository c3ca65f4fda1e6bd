package dev.topics.bench.storage;

import dev.topics.engine.Engine;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

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
    try (StorageRig rig = StorageRig.open(options)) {
      rig.closeEngine();
      Memory base = OpenCommand.inAnotherJvm(rig.directory(), rig.journalFileBytes()).memory();
      rig.reopen(true);
      Memory before = Memory.now();
      double seconds = create(rig.engine());
      rig.body(Bodies.records(1, RECORD_BYTES));
      append(rig, IntStream.range(0, topics).toArray());
      Memory held = Memory.now().beyond(before);
      System.out.printf(
          Locale.ROOT,
          "%,d topics made, %,.0f a second; heap %.0f B each with a record%n",
          topics,
          topics / seconds,
          held.heapBytes() / (double) topics);
      compare(rig);
      rig.settle();
      rig.closeEngine();
      print(rig, base);
    }
  }

  /// Several under way, as from several clients: each waits until its topic is on stable storage.
  private double create(Engine engine) throws InterruptedException {
    Semaphore free = new Semaphore(UNDER_WAY);
    long start = System.nanoTime();
    for (int i = 0; i < topics; i++) {
      free.acquire();
      var _ =
          engine
              .putTopic(name(i), config -> config.durability(durability))
              .thenAccept(_ -> free.release());
    }
    free.acquire(UNDER_WAY);
    return (System.nanoTime() - start) / 1e9;
  }

  /// Appends to one topic and to any of them, in turns.
  private void compare(StorageRig rig) throws InterruptedException {
    Random random = new Random(1);
    List<Cost> ones = new ArrayList<>();
    List<Cost> anys = new ArrayList<>();
    for (int i = 0; i <= rounds; i++) {
      Cost one = append(rig, new int[appends]);
      Cost any = append(rig, any(random));
      if (i > 0) {
        ones.add(one);
        anys.add(any);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "append %s to one topic: %s%nto any: %s%nto any / to one: %.2f by time, %.2f by CPU%n",
        durability,
        describe(ones),
        describe(anys),
        median(anys, Cost::micros) / median(ones, Cost::micros),
        median(anys, Cost::cpuMicros) / median(ones, Cost::cpuMicros));
    if (restSeconds > 0) {
      TimeUnit.SECONDS.sleep(restSeconds);
      Cost rested = append(rig, any(random));
      System.out.printf(
          Locale.ROOT, "to any after %d s of rest: %s%n", restSeconds, describe(List.of(rested)));
    }
  }

  private int[] any(Random random) {
    return random.ints(appends, 0, topics).toArray();
  }

  /// What an append took.
  ///
  /// @param micros until the next one
  /// @param cpuMicros of the thread that appends
  /// @param waited the share of those that waited for a sync
  private record Cost(double micros, double cpuMicros, double waited) {}

  private static String describe(List<Cost> costs) {
    return String.format(
        Locale.ROOT,
        "%.2f us [%.2f, %.2f], CPU %.2f us [%.2f, %.2f], %.2f %% waited for a sync",
        median(costs, Cost::micros),
        sorted(costs, Cost::micros)[0],
        sorted(costs, Cost::micros)[costs.size() - 1],
        median(costs, Cost::cpuMicros),
        sorted(costs, Cost::cpuMicros)[0],
        sorted(costs, Cost::cpuMicros)[costs.size() - 1],
        100 * median(costs, Cost::waited));
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> of) {
    return sorted(costs, of)[costs.size() / 2];
  }

  private static double[] sorted(List<Cost> costs, ToDoubleFunction<Cost> of) {
    return costs.stream().mapToDouble(of).sorted().toArray();
  }

  private void note(AppendResult answer, Semaphore free) {
    if (answer instanceof AppendResult.Appended appended && appended.syncNanos() > 0) {
      waited.increment();
    }
    free.release();
  }

  /// Several under way, as from several clients: the first append to a topic that has rested waits
  /// for a sync. Each names its topic anew, as a request does.
  private Cost append(StorageRig rig, int[] to) throws InterruptedException {
    Semaphore free = new Semaphore(UNDER_WAY);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    waited.reset();
    long cpu = threads.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    for (int topic : to) {
      free.acquire();
      var _ = rig.send(name(topic)).thenAccept(answer -> note(answer, free));
    }
    cpu = threads.getCurrentThreadCpuTime() - cpu;
    free.acquire(UNDER_WAY);
    long nanos = System.nanoTime() - start;
    return new Cost(
        nanos / 1e3 / to.length, cpu / 1e3 / to.length, waited.sum() / (double) to.length);
  }

  private static TopicName name(int topic) {
    return new TopicName("topic-" + topic);
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
