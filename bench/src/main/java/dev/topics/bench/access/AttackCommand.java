package dev.topics.bench.access;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `attack`: what a writer at a fixed pace notices of thousands of clients that are slow on
/// purpose.
@Command(
    name = "attack",
    mixinStandardHelpOptions = true,
    description = "Measures the latency of a writer alone and beside slow attackers, in turn.")
public final class AttackCommand implements Callable<Integer> {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final long PACE_NANOS = 1_000_000;
  private static final double NANOS_PER_MICRO = 1_000;
  private static final String TOPIC = "normal";

  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(names = "--attackers", defaultValue = "5000", description = "Default ${DEFAULT-VALUE}.")
  private int attackers;

  @Option(names = "--rounds", defaultValue = "5", description = "Default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--requests", defaultValue = "5000", description = "Default ${DEFAULT-VALUE}.")
  private int requests;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("attack");
    Histogram alone = histogram();
    Histogram beside = histogram();
    try (ServerProcess process = serverOptions.start(directory)) {
      InetSocketAddress server = process.awaitReady(READY);
      try (TopicsConnection writer = TopicsConnection.open(server, READY)) {
        fill(writer);
        write(writer, 2 * requests, histogram());
        for (int round = 0; round < rounds; round++) {
          report("while they leave", write(writer, requests / 2, histogram()));
          report("alone", write(writer, requests, alone));
          try (SlowClients slow = SlowClients.start(server, attackers, SlowClients.LARGE_TOPIC)) {
            report("while they come", write(writer, requests / 2, histogram()));
            Histogram attacked = write(writer, requests, beside);
            report("beside " + slow, attacked);
          }
        }
      }
    }
    serverOptions.delete(directory);
    report("all alone", alone);
    report("all beside", beside);
    System.out.printf(
        "p99 is %.2f times what it is alone%n",
        (double) beside.getValueAtPercentile(99) / alone.getValueAtPercentile(99));
    return 0;
  }

  private static Histogram histogram() {
    return new Histogram(3);
  }

  private static void fill(TopicsConnection writer) throws IOException {
    String record = "{\"data\":\"" + "x".repeat(10_000) + "\"},";
    String body = "{\"records\":[" + record.repeat(99) + "{\"data\":1}]}";
    for (int i = 0; i < 8; i++) {
      var _ = writer.append(SlowClients.LARGE_TOPIC, Bytes.utf8(body));
    }
  }

  /// One append each millisecond; each is timed from when it was due, so that a stall counts for
  /// all that it kept waiting.
  private static Histogram write(TopicsConnection writer, int count, Histogram all)
      throws IOException {
    Bytes body = Bytes.utf8("{\"records\":[{\"data\":\"" + "x".repeat(98) + "\"}]}");
    Histogram own = histogram();
    long due = System.nanoTime();
    for (int i = 0; i < count; i++) {
      due += PACE_NANOS;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      var _ = writer.append(TOPIC, body);
      long took = System.nanoTime() - due;
      own.recordValue(took);
      all.recordValue(took);
    }
    return own;
  }

  private static void report(String name, Histogram times) {
    System.out.printf(
        "%-60s p50 %,.0f µs, p99 %,.0f µs, p99.9 %,.0f µs, max %,.0f µs%n",
        name,
        times.getValueAtPercentile(50) / NANOS_PER_MICRO,
        times.getValueAtPercentile(99) / NANOS_PER_MICRO,
        times.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
        times.getMaxValue() / NANOS_PER_MICRO);
  }
}
