package dev.topics.bench.queue;

import dev.topics.bench.load.Packing;
import dev.topics.bench.load.SampleRecords;
import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `queue`: measures how fast jobs go through a queue, and what many leases cost.
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = "Measures how fast jobs go through a queue, and what many leases cost.")
public final class QueueCommand {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final int FILL_BATCH = 1000;
  private static final int RECORD_BYTES = 100;

  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Command(name = "work", description = "Workers claim and ack jobs of a queue filled beforehand.")
  int work(
      @Option(names = "--durability", defaultValue = "disk", description = "Of the queue.")
          String durability,
      @Option(names = "--workers", defaultValue = "16", description = "Connections.") int workers,
      @Option(names = "--batch", defaultValue = "8", description = "Jobs of a claim.") int batch,
      @Option(names = "--jobs", defaultValue = "1000000", description = "In the queue at first.")
          int jobs,
      @Option(names = "--warm-up", defaultValue = "8", description = "Seconds on another queue.")
          double warmUpSeconds,
      @Option(names = "--seconds", defaultValue = "4", description = "Measured at most.")
          double seconds,
      @Option(names = "--repetitions", defaultValue = "3", description = "Queues in turn.")
          int repetitions,
      @Option(names = "--packed", description = "Wait until all jobs are in packs.") boolean packed)
      throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("queue");
    try (ServerProcess server = serverOptions.start(directory)) {
      InetSocketAddress address = server.awaitReady(READY);
      for (int i = 0; i <= repetitions; i++) {
        String queue = "q" + i;
        try (TopicsConnection topics = TopicsConnection.open(address, READY)) {
          fill(topics, queue, durability, jobs);
          if (packed) {
            Packing.await(topics, serverOptions.data(directory));
          }
        }
        double wanted = i == 0 ? warmUpSeconds : seconds;
        Duration measured = Duration.ofMillis(Math.round(wanted * 1000));
        WorkResult result = new Workers(address, queue, workers, batch).run(measured, server.pid());
        if (i > 0) {
          String name = "work " + durability + (packed ? " packed" : "") + " claim+ack " + batch;
          System.out.println(result.line(name));
        }
      }
    }
    serverOptions.delete(directory);
    return 0;
  }

  private static void fill(TopicsConnection topics, String queue, String durability, int jobs)
      throws IOException {
    topics.putTopic(
        queue,
        "{\"type\":\"queue\",\"lease_ms\":600000,\"durability\":\"%s\"}".formatted(durability));
    Bytes body = Bytes.utf8(SampleRecords.batch(FILL_BATCH, RECORD_BYTES));
    for (int filled = 0; filled < jobs; filled += FILL_BATCH) {
      topics.append(queue, body);
    }
  }

  @Command(
      name = "disconnect",
      description = "Streams of jobs go away, and somebody else claims what they held.")
  int disconnect(
      @Option(names = "--streams", defaultValue = "100", description = "Connections.") int streams,
      @Option(names = "--jobs", defaultValue = "10", description = "Of each stream.") int jobs,
      @Option(names = "--repetitions", defaultValue = "5", description = "Queues in turn.")
          int repetitions)
      throws IOException {
    Path directory = serverOptions.newDirectory("queue");
    try (ServerProcess server = serverOptions.start(directory)) {
      InetSocketAddress address = server.awaitReady(READY);
      for (int i = 0; i < repetitions; i++) {
        String queue = "q" + i;
        try (TopicsConnection topics = TopicsConnection.open(address, READY)) {
          topics.putTopic(queue, "{\"type\":\"queue\",\"lease_ms\":600000}");
          topics.append(queue, Bytes.utf8(SampleRecords.batch(streams * jobs, RECORD_BYTES)));
        }
        double millis = new ReleaseBench(address, queue, streams, jobs).run();
        System.out.printf(
            Locale.ROOT,
            "%d streams of %d jobs gone: all claimed by another worker after %.1f ms%n",
            streams,
            jobs,
            millis);
      }
    }
    serverOptions.delete(directory);
    return 0;
  }

  @Command(
      name = "leases",
      description = "Claims in this JVM while many jobs are ready, leased and delayed.")
  int leases(
      @Option(names = "--ready", defaultValue = "1000000", description = "Jobs.") int ready,
      @Option(names = "--leased", defaultValue = "100000", description = "Jobs.") int leased,
      @Option(names = "--delayed", defaultValue = "100000", description = "Jobs.") int delayed,
      @Option(names = "--claims", defaultValue = "20000", description = "Measured.") int claims)
      throws IOException, InterruptedException {
    try (LeaseBench bench = new LeaseBench(ready, leased, delayed)) {
      System.out.printf(
          Locale.ROOT,
          "heap: %.1f B for each ready job, %.1f B leased, %.1f B delayed%n",
          bench.bytesPerReady(),
          bench.bytesPerLeased(),
          bench.bytesPerDelayed());
      bench.claims(claims);
      System.out.println(bench.claims(claims));
    }
    return 0;
  }
}
