package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `router-acks`: what a writer over HTTP waits for its ack, by how many routers its topic has.
/// Topics of one server are written to in turns, at a pace at which everything has arrived.
@Command(
    name = "router-acks",
    mixinStandardHelpOptions = true,
    description = "Measures acks over HTTP of topics with different numbers of routers, in turns.")
public final class RouterAcksCommand implements Callable<Integer> {
  private static final Duration READY = Duration.ofMinutes(3);

  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(
      names = "--routers",
      split = ",",
      defaultValue = "0,10,100,1000",
      description = "Default ${DEFAULT-VALUE}.")
  private List<Integer> routers = List.of();

  @Option(
      names = "--writes",
      defaultValue = "4000",
      description = "To each topic; half as many before; default ${DEFAULT-VALUE}.")
  private int writes;

  @Option(
      names = "--pause-micros",
      defaultValue = "4000",
      description = "Between two writes; default ${DEFAULT-VALUE}.")
  private int pauseMicros;

  @Override
  public Integer call() throws IOException {
    Path directory = serverOptions.newDirectory("router-acks");
    try (ServerProcess process = serverOptions.start(directory)) {
      InetSocketAddress server = process.awaitReady(READY);
      try (TopicsConnection writer = TopicsConnection.open(server, READY)) {
        for (int count : routers) {
          route(writer, count);
        }
        var _ = write(writer, writes / 2);
        report(write(writer, writes));
      }
    }
    serverOptions.delete(directory);
    return 0;
  }

  private static void route(TopicsConnection writer, int count) throws IOException {
    String source = source(count);
    writer.putTopic(source, "{\"durability\":\"disk\"}");
    for (int i = 0; i < count; i++) {
      String dest = source + "-" + i;
      writer.putRouter(dest, "{\"source\":\"%s\",\"dest\":\"%s\"}".formatted(source, dest));
    }
  }

  private static String source(int count) {
    return "with-" + count;
  }

  /// Who comes first changes, so that each comes behind each of the others.
  private List<Histogram> write(TopicsConnection writer, int turns) throws IOException {
    List<Histogram> nanos = routers.stream().map(_ -> new Histogram(3)).toList();
    Bytes body = Bytes.utf8(SampleRecords.batch(1, 100));
    for (int turn = 0; turn < turns; turn++) {
      int step = turn % 2 == 0 ? 1 : -1;
      for (int i = 0; i < routers.size(); i++) {
        int which = Math.floorMod(turn + step * i, routers.size());
        LockSupport.parkNanos(pauseMicros * 1000L);
        long start = System.nanoTime();
        var _ = writer.append(source(routers.get(which)), body);
        nanos.get(which).recordValue(System.nanoTime() - start);
      }
    }
    return nanos;
  }

  private void report(List<Histogram> nanos) {
    for (int i = 0; i < routers.size(); i++) {
      Histogram one = nanos.get(i);
      System.out.printf(
          Locale.ROOT,
          "%4d routers: ack p50 %.1f  p90 %.1f  p99 %.1f us; p50 %.3f times that with %d%n",
          routers.get(i),
          one.getValueAtPercentile(50) / 1e3,
          one.getValueAtPercentile(90) / 1e3,
          one.getValueAtPercentile(99) / 1e3,
          (double) one.getValueAtPercentile(50) / nanos.getFirst().getValueAtPercentile(50),
          routers.getFirst());
    }
  }
}
