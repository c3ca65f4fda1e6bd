package dev.topics.bench.watch;

import dev.topics.bench.load.SampleOptions;
import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.CpuClock;
import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `watch`: measures live delivery to many streams, and over WebSocket.
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    description = "Measures live delivery: memory and CPU of streams, delays, records a second.")
public final class WatchCommand {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final int WARM_UP_STREAMS = 10;
  private static final int SETTLING_WRITES = 10;
  private static final int FILLING_RECORDS = 500;
  private static final int FILLINGS = 20;
  private static final Duration SETTLING = Duration.ofSeconds(4);

  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(
      scope = ScopeType.INHERIT,
      names = "--streams",
      defaultValue = "100",
      description = "Default ${DEFAULT-VALUE}.")
  private int streams;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--topics",
      defaultValue = "1",
      description = "That each stream follows; default ${DEFAULT-VALUE}.")
  private int topics;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--batch",
      defaultValue = "1",
      description = "Records of a write; default ${DEFAULT-VALUE}.")
  private int batch;

  @Mixin private SampleOptions samples = new SampleOptions();

  /// What is measured on a server with streams.
  private interface Measurement {
    String run(InetSocketAddress server, Streams open, List<String> names)
        throws IOException, InterruptedException;
  }

  @Command(name = "paced", description = "One write after the other, each awaited by all streams.")
  int paced(
      @Mixin WriteOptions options,
      @Option(
              names = "--pause",
              paramLabel = "MILLIS",
              defaultValue = "10",
              description = "Between writes; default ${DEFAULT-VALUE}.")
          long pauseMillis)
      throws IOException, InterruptedException {
    return measured(
        options.warmUp(),
        (server, open, names) -> {
          PacedRun run = new PacedRun();
          AnswerTimes before = AnswerTimes.scrape(server);
          run.run(server, open, names, body(), options.writes(), pauseMillis);
          return run.report() + AnswerTimes.scrape(server).since(before);
        });
  }

  @Command(name = "stalled", description = "The same with and without one that nobody reads.")
  int stalled(@Mixin WriteOptions options) throws IOException, InterruptedException {
    return measured(
        options.warmUp(),
        (server, open, names) ->
            StalledRun.run(
                server,
                open,
                names,
                body(),
                samples.body(FILLING_RECORDS),
                FILLINGS,
                options.writes()));
  }

  @Command(name = "flood", description = "Writes as fast as they are acknowledged.")
  int flood(
      @Mixin TimeOptions time,
      @Option(
              names = "--lag",
              defaultValue = "20000",
              description = "Records that a stream may be behind; default ${DEFAULT-VALUE}.")
          long lagMax)
      throws IOException, InterruptedException {
    return measured(
        time.duration(),
        (server, open, names) ->
            FloodRun.run(server, open, names.getFirst(), body(), time.duration(), lagMax));
  }

  @Command(
      name = "idle",
      description =
          "Memory and CPU of streams on which nothing happens, behind as many that came and went.")
  int idle(
      @Mixin TimeOptions time,
      @Option(
              names = "--warm-up",
              paramLabel = "SECONDS",
              defaultValue = "16",
              description =
                  "Heartbeats are compiled in it, and not counted; default ${DEFAULT-VALUE}.")
          int warmUpSeconds)
      throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("watch");
    try (ServerProcess process = start(directory)) {
      InetSocketAddress server = process.awaitReady(READY);
      List<String> names = topics(server);
      report("fresh", process);
      try (Streams comeAndGone = new Streams(server, streams, names)) {
        settle(comeAndGone);
      }
      Thread.sleep(SETTLING);
      long before = report("behind as many streams", process);
      try (Streams open = new Streams(server, streams, names)) {
        settle(open);
        long resident = report("with streams", process);
        Thread.sleep(Duration.ofSeconds(warmUpSeconds));
        long cpu = CpuClock.usedMicros(process.pid());
        Thread.sleep(time.duration());
        double used =
            (CpuClock.usedMicros(process.pid()) - cpu) / (time.duration().toSeconds() * 1e6);
        System.out.printf(
            "%d idle streams: %,d bytes each, %.2f %% of a CPU%n",
            streams, (resident - before) / streams, 100 * used);
        report("with streams, later", process);
      }
    }
    serverOptions.delete(directory);
    return 0;
  }

  /// Says how much memory the server takes, and returns it.
  private static long report(String when, ServerProcess process)
      throws IOException, InterruptedException {
    long bytes = ProcessFacts.residentBytes(process.pid());
    System.out.printf(
        "%s: %,d KB resident · %s%n", when, bytes >> 10, ProcessFacts.heap(process.pid()));
    return bytes;
  }

  @Command(name = "socket", description = "Publishes over a WebSocket that follows the topic.")
  int socket(@Mixin WriteOptions options) throws IOException {
    Path directory = serverOptions.newDirectory("watch");
    try (ServerProcess process = start(directory)) {
      InetSocketAddress server = process.awaitReady(READY);
      String topic = topics(server).getFirst();
      String data = "\"" + "x".repeat(samples.recordBytes() - 2) + "\"";
      System.out.println(
          "WebSocket: " + SocketRun.run(server, topic, data, options.writes(), options.warmUp()));
    }
    serverOptions.delete(directory);
    return 0;
  }

  @Command(
      name = "soak",
      description = "Writers, streams and clients that come back, for long: does anything grow?")
  int soak(@Mixin TimeOptions time) throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("watch");
    boolean grew;
    try (ServerProcess process = start(directory)) {
      InetSocketAddress server = process.awaitReady(READY);
      List<String> names = IntStream.range(0, Math.max(2, topics)).mapToObj(i -> "s" + i).toList();
      try (TopicsConnection connection = TopicsConnection.open(server, READY)) {
        for (String name : names) {
          connection.putTopic(name, "{\"cap_records\":10000,\"durability\":\"ephemeral\"}");
        }
      }
      SoakRun run = new SoakRun(server, process.pid(), names, body());
      grew = run.run(streams, time.duration());
    }
    serverOptions.delete(directory);
    return grew ? 1 : 0;
  }

  private int measured(Duration warmUp, Measurement measurement)
      throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("watch");
    try (ServerProcess process = start(directory)) {
      InetSocketAddress server = process.awaitReady(READY);
      List<String> names = topics(server);
      warmUp(server, names, warmUp);
      try (Streams open = new Streams(server, streams, names)) {
        settle(open);
        new PacedRun().run(server, open, names, body(), SETTLING_WRITES, 0);
        long cpu = CpuClock.usedMicros(process.pid());
        String result = measurement.run(server, open, names);
        double used = (CpuClock.usedMicros(process.pid()) - cpu) / 1e6;
        System.out.printf(
            "%d streams of %d topics, batches of %d: %s · server CPU %.1f s%n",
            streams, topics, batch, result, used);
      }
    }
    serverOptions.delete(directory);
    return 0;
  }

  /// Starts a server that takes all streams, and those of a warm-up beside them.
  private ServerProcess start(Path directory) throws IOException {
    String most = Integer.toString(2 * streams + 1000);
    Map<String, String> limits =
        Map.of("TOPICS_MAX_SSE_CONNECTIONS", most, "TOPICS_MAX_WATCH_SESSIONS", most);
    return serverOptions.start(directory, limits);
  }

  /// Has the paths of writes and deliveries compiled, on few streams: with many a write takes too
  /// long for there to be enough of them.
  private void warmUp(InetSocketAddress server, List<String> names, Duration duration)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (Streams few = new Streams(server, Math.min(streams, WARM_UP_STREAMS), names)) {
      settle(few);
      while (System.nanoTime() - start < duration.toNanos()) {
        new PacedRun().run(server, few, names, body(), SETTLING_WRITES, 0);
      }
    }
  }

  /// Takes what every stream begins with. Heartbeats may come for ever.
  private static void settle(Streams open) throws IOException {
    long until = System.nanoTime() + SETTLING.toNanos();
    while (System.nanoTime() - until < 0 && open.poll(500, true) > 0) {
      // More may come.
    }
  }

  private List<String> topics(InetSocketAddress server) throws IOException {
    List<String> names = IntStream.range(0, topics).mapToObj(i -> "watched-" + i).toList();
    try (TopicsConnection connection = TopicsConnection.open(server, READY)) {
      for (String name : names) {
        connection.putTopic(name, "{}");
      }
    }
    return names;
  }

  private Bytes body() {
    return samples.body(batch);
  }
}
