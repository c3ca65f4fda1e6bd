package dev.topics.bench.load;

import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `load`: measures throughput, latency and CPU per request of a server on this machine.
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    description = {
      "Measures throughput, latency and CPU per request.",
      "",
      "A closed loop: each connection sends its next request when an answer has come. The latencies"
          + " are therefore those of a server kept busy by so many clients, not those of requests"
          + " that arrive at a fixed rate, whatever the server does (coordinated omission).",
      ""
    })
public final class LoadCommand {
  private static final Duration READY = Duration.ofMinutes(3);

  @Option(
      scope = ScopeType.INHERIT,
      names = "--target",
      paramLabel = "HOST:PORT",
      description = "A running server; without it one is started on a temporary directory.")
  private @Nullable String target;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--server-pid",
      description = "The process of --target, to read its CPU time.")
  private long serverPid;

  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(
      scope = ScopeType.INHERIT,
      names = "--connections",
      defaultValue = "64",
      description = "Default ${DEFAULT-VALUE}.")
  private int connections;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--pipeline",
      defaultValue = "1",
      description = "Requests under way on each connection; default ${DEFAULT-VALUE}.")
  private int pipeline;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--threads",
      defaultValue = "1",
      description = "Of the driver; default ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Before each repetition; default ${DEFAULT-VALUE}.")
  private double warmUpSeconds;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--seconds",
      defaultValue = "5",
      description = "Measured in each repetition; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--repetitions",
      defaultValue = "5",
      description = "Default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--json",
      paramLabel = "FILE",
      description = "Append a JSON line to this file.")
  private @Nullable Path json;

  @Mixin private SampleOptions samples = new SampleOptions();

  @Command(name = "append", description = "Appends batches of records to topics.")
  int append(
      @Option(
              names = "--durability",
              defaultValue = "disk",
              description = "ephemeral, memory, disk or fsync; default ${DEFAULT-VALUE}.")
          String durability,
      @Option(
              names = "--batch",
              defaultValue = "1",
              description = "Records of a request; default ${DEFAULT-VALUE}.")
          int batch,
      @Option(
              names = "--topics",
              defaultValue = "1",
              description = "Topics the connections are spread over; default ${DEFAULT-VALUE}.")
          int topics)
      throws IOException, InterruptedException {
    AppendScenario scenario = new AppendScenario(durability, batch, samples.recordBytes(), topics);
    return run((_, server, pid) -> drive(scenario, server, pid));
  }

  @Command(name = "diff", description = "Reads pages of a topic filled beforehand.")
  int diff(
      @Option(
              names = "--durability",
              defaultValue = "disk",
              description = "Of the topic; default ${DEFAULT-VALUE}.")
          String durability,
      @Option(
              names = "--limit",
              defaultValue = "1000",
              description = "Records of a page; default ${DEFAULT-VALUE}.")
          int limit,
      @Option(
              names = "--prefilled",
              defaultValue = "1000000",
              description = "Records in the topic; default ${DEFAULT-VALUE}.")
          long prefilled,
      @Option(
              names = "--packed",
              description = "Wait until the records are in packs; without --target only.")
          boolean packed)
      throws IOException, InterruptedException {
    if (packed && target != null) {
      throw new IllegalArgumentException("--packed looks at the files of a server of its own");
    }
    return run((data, server, pid) -> {
      Path packedIn = packed ? data : null;
      drive(
          new DiffScenario(
              durability, limit, samples.recordBytes(), prefilled, connections, packedIn),
          server,
          pid);
    });
  }

  @Command(
      name = "topics",
      description =
          "Appends to one of many topics at random, and to the same one, in turns: with all"
              + " connections, then with a single one.")
  int topics(
      @Option(
              names = "--durability",
              defaultValue = "disk",
              description = "Of the topics; default ${DEFAULT-VALUE}.")
          String durability,
      @Option(
              names = "--batch",
              defaultValue = "1",
              description = "Records of a request; default ${DEFAULT-VALUE}.")
          int batch,
      @Option(
              names = "--topics",
              defaultValue = "100000",
              description = "How many there are; default ${DEFAULT-VALUE}.")
          int topics)
      throws IOException, InterruptedException {
    TopicsComparison comparison =
        new TopicsComparison(durability, batch, samples.recordBytes(), topics);
    return run((_, server, pid) -> {
      comparison.prepare(server);
      write(comparison.run(server, pid, plan(connections, threads)));
      write(comparison.run(server, pid, plan(1, 1)));
    });
  }

  /// What is done to a server. Its data directory is null if it is not ours.
  private interface Load {
    void run(@Nullable Path data, InetSocketAddress server, long pid)
        throws IOException, InterruptedException;
  }

  private int run(Load load) throws IOException, InterruptedException {
    if (target != null) {
      load.run(null, address(target), serverPid);
      return 0;
    }
    Path directory = serverOptions.newDirectory("load");
    try (ServerProcess server = serverOptions.start(directory)) {
      load.run(serverOptions.data(directory), server.awaitReady(READY), server.pid());
    }
    serverOptions.delete(directory);
    return 0;
  }

  private LoadPlan plan(int clients, int drivers) {
    return new LoadPlan(
        clients, pipeline, drivers, duration(warmUpSeconds), duration(seconds), repetitions);
  }

  private void drive(Scenario scenario, InetSocketAddress server, long pid)
      throws IOException, InterruptedException {
    LoadPlan plan = plan(connections, threads);
    String name = scenario.name() + (pipeline > 1 ? " pipeline=" + pipeline : "");
    List<LoadResult> results = new ArrayList<>();
    for (int i = 0; i < repetitions; i++) {
      try (TopicsConnection topics = TopicsConnection.open(server, READY)) {
        scenario.prepare(topics, i);
      }
      LoadResult result = new Repetition(scenario, plan).run(server, pid, i);
      results.add(result);
      System.out.println(LoadReport.line(name, result));
    }
    System.out.println(LoadReport.summary(name, results));
    write(List.of(LoadReport.json(name, plan, results)));
  }

  private void write(List<String> lines) throws IOException {
    if (json != null) {
      Files.write(json, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private static InetSocketAddress address(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    int port = Integer.parseInt(hostAndPort, colon + 1, hostAndPort.length(), 10);
    return new InetSocketAddress(hostAndPort.substring(0, colon), port);
  }

  private static Duration duration(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1000));
  }
}
