package dev.topics.bench.engine;

import dev.topics.bench.load.SampleRecords;
import dev.topics.engine.Engine;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.PutRouterResult;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `routers`: what forwarding costs writers of the source, and how soon copies arrive.
@Command(
    name = "routers",
    mixinStandardHelpOptions = true,
    description =
        "Measures, in this JVM, writes to the source of many routers, fan-out, sustained"
            + " forwarding, and the time until a record is visible behind some hops.")
public final class RoutersCommand implements Callable<Integer> {
  private static final long NANOS_MAX = 10_000_000_000L;
  private static final int SUSTAINED_DESTINATIONS = 10;
  private static final int BATCH = 100;

  @Option(names = "--writes", defaultValue = "1000", description = "Default ${DEFAULT-VALUE}.")
  private int writes;

  @Option(
      names = "--routers",
      split = ",",
      defaultValue = "0,10,100,1000",
      description = "Default ${DEFAULT-VALUE}.")
  private List<Integer> routers = List.of();

  @Option(
      names = "--batches",
      defaultValue = "5000",
      description = "Batches of 100 that are forwarded to 10 topics; default ${DEFAULT-VALUE}.")
  private int batches;

  @Option(
      names = "--pause-micros",
      defaultValue = "1000",
      description = "Between two writes; default ${DEFAULT-VALUE}.")
  private int pauseMicros;

  @Option(
      names = "--rounds",
      defaultValue = "60",
      description = "In turns for each number of routers; default ${DEFAULT-VALUE}.")
  private int rounds;

  @SuppressWarnings("NullAway.Init") // each measurement has its own
  private Appender appender;

  @Override
  public Integer call() throws IOException {
    new RouterAcks(routers, rounds, pauseMicros).run();
    for (int count : routers) {
      fanOut(count);
    }
    sustained(1);
    sustained(SUSTAINED_DESTINATIONS);
    hops(1);
    hops(5);
    return 0;
  }

  /// What a write puts into the log, and the time until the last destination shows it.
  private void fanOut(int count) throws IOException {
    try (BenchmarkedEngine bench = BenchmarkedEngine.open()) {
      Engine engine = bench.engine();
      TopicName source = bench.newTopic("source", Durability.DISK);
      List<TopicRef> all = routeTo(engine, count);
      byte[] body = SampleRecords.batch(1, 100).getBytes(StandardCharsets.UTF_8);
      appender = engine.newAppender();
      Histogram nanos = new Histogram(NANOS_MAX, 3);
      long bytesBefore = 0;
      for (int i = 1; i <= 2 * writes; i++) {
        if (i == writes + 1) {
          bytesBefore = engine.stats().journal().bytesWritten();
          nanos.reset();
        }
        long start = System.nanoTime();
        append(source, body);
        awaitHead(all, i);
        nanos.recordValue(System.nanoTime() - start);
        pause();
      }
      long bytes = engine.stats().journal().bytesWritten() - bytesBefore;
      System.out.printf(
          Locale.ROOT,
          "%4d routers: log %.0f B a write; all visible p50 %.2f  p90 %.2f  p99 %.2f  max %.2f"
              + " ms%n",
          count,
          (double) bytes / writes,
          nanos.getValueAtPercentile(50) / 1e6,
          nanos.getValueAtPercentile(90) / 1e6,
          nanos.getValueAtPercentile(99) / 1e6,
          nanos.getMaxValue() / 1e6);
    }
  }

  private void pause() {
    LockSupport.parkNanos(pauseMicros * 1000L);
  }

  private void append(TopicName topic, byte[] body) {
    AppendBenchmark.decode(appender, body);
    check(appender.append(topic, AppendOptions.NONE).join());
  }

  static void check(AppendResult result) {
    if (!(result instanceof AppendResult.Appended)) {
      throw new IllegalStateException("not appended: " + result);
    }
  }

  static void route(Engine engine, String source, String dest) {
    RouterPatch patch = RouterPatch.route(RouterSource.of(source), new TopicName(dest));
    PutRouterResult result = engine.putRouter(new RouterName(source + "->" + dest), patch).join();
    if (!(result instanceof PutRouterResult.Put)) {
      throw new IllegalStateException("no router: " + result);
    }
  }

  /// The topic, which a router has made.
  static TopicRef find(Engine engine, String topic) {
    return Objects.requireNonNull(engine.find(new TopicName(topic)), topic);
  }

  /// Allocates nothing: who waits must not make garbage that is collected while others work.
  static void awaitHead(TopicRef topic, long head) {
    while (topic.headSeq() < head) {
      Thread.onSpinWait();
    }
  }

  /// Waits for the last one first: mostly the others are there then.
  private static void awaitHead(List<TopicRef> topics, long head) {
    for (TopicRef topic : topics) {
      awaitHead(topic, head);
    }
  }

  /// Puts routers from the topic `source` to so many; returns these, the last one first.
  static List<TopicRef> routeTo(Engine engine, int destinations) {
    List<TopicRef> made = new ArrayList<>();
    for (int i = 0; i < destinations; i++) {
      route(engine, "source", "dest-" + i);
      made.addFirst(find(engine, "dest-" + i));
    }
    return made;
  }

  private void sustained(int destinations) throws IOException {
    try (BenchmarkedEngine bench = BenchmarkedEngine.open()) {
      Engine engine = bench.engine();
      TopicName source = bench.newTopic("source", Durability.DISK);
      byte[] body = SampleRecords.batch(BATCH, 100).getBytes(StandardCharsets.UTF_8);
      appender = engine.newAppender();
      TopicName alone = bench.newTopic("alone", Durability.DISK);
      List<TopicRef> all = routeTo(engine, destinations);
      long head = 0;
      for (int repetition = 0; repetition < 3; repetition++) {
        long bytesAlone = written(engine, alone, body);
        long bytesBefore = engine.stats().journal().bytesWritten();
        long start = System.nanoTime();
        for (int i = 0; i < batches; i++) {
          append(source, body);
        }
        double writeSeconds = (System.nanoTime() - start) / 1e9;
        head += (long) batches * BATCH;
        awaitHead(all, head);
        double seconds = (System.nanoTime() - start) / 1e9;
        double records = (double) batches * BATCH;
        long bytes = engine.stats().journal().bytesWritten() - bytesBefore - bytesAlone;
        System.out.printf(
            Locale.ROOT,
            "1 -> %d: %.0f records/s written, %.1f M copies/s until all had arrived; log %.1f B"
                + " for each batch and destination%n",
            destinations,
            records / writeSeconds,
            records * destinations / seconds / 1e6,
            (double) bytes / batches / destinations);
      }
    }
  }

  /// Bytes of the log that the batches take where nothing is forwarded. Those of the source have
  /// the same seqs, which records hold as text.
  private long written(Engine engine, TopicName topic, byte[] body) {
    long before = engine.stats().journal().bytesWritten();
    for (int i = 0; i < batches; i++) {
      append(topic, body);
    }
    return engine.stats().journal().bytesWritten() - before;
  }

  private void hops(int count) throws IOException {
    try (BenchmarkedEngine bench = BenchmarkedEngine.open()) {
      Engine engine = bench.engine();
      TopicName source = bench.newTopic("hop-0", Durability.DISK);
      for (int i = 0; i < count; i++) {
        route(engine, "hop-" + i, "hop-" + (i + 1));
      }
      TopicRef last = find(engine, "hop-" + count);
      byte[] body = SampleRecords.batch(1, 100).getBytes(StandardCharsets.UTF_8);
      appender = engine.newAppender();
      Histogram nanos = new Histogram(NANOS_MAX, 3);
      for (int i = 1; i <= 2 * writes; i++) {
        long start = System.nanoTime();
        append(source, body);
        awaitHead(last, i);
        if (i > writes) {
          nanos.recordValue(System.nanoTime() - start);
        }
        pause();
      }
      System.out.printf(
          Locale.ROOT,
          "%d hops: visible after p50 %.3f ms  p99 %.3f ms%n",
          count,
          nanos.getValueAtPercentile(50) / 1e6,
          nanos.getValueAtPercentile(99) / 1e6);
    }
  }
}
