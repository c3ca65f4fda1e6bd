package dev.topics.bench.engine;

import dev.topics.bench.load.SampleRecords;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// What a writer waits for the answer, by how many routers its topic has: engines that are open
/// side by side are written to in turns, so that whatever disturbs one disturbs all.
///
/// The same beside routers: the topic that is written to has none, but another one of the same
/// engine has, and is written to after each answer. So the forwarder is as busy, though not with
/// the write that is measured.
final class RouterAcks {
  private static final int WRITES_PER_ROUND = 15;
  private static final int WARM_UP_ROUNDS = 20;

  private final List<Integer> counts;
  private final int rounds;
  private final int pauseMicros;
  private final byte[] body = SampleRecords.batch(1, 100).getBytes(StandardCharsets.UTF_8);

  RouterAcks(List<Integer> counts, int rounds, int pauseMicros) {
    this.counts = counts;
    this.rounds = rounds;
    this.pauseMicros = pauseMicros;
  }

  /// An engine whose topic `source` has some routers.
  private static final class Side {
    final int routers;
    final BenchmarkedEngine bench;
    final boolean beside;
    final TopicName source;
    final TopicName measured;

    /// Where records arrive last; the topic itself where there are no routers.
    final TopicRef last;

    final Appender appender;
    final double[] medians;
    final double[] ratios;
    long written;

    Side(int routers, boolean beside, int rounds) throws IOException {
      this.routers = routers;
      this.beside = beside;
      bench = BenchmarkedEngine.open();
      source = bench.newTopic("source", Durability.DISK);
      List<TopicRef> made = RoutersCommand.routeTo(bench.engine(), routers);
      measured = beside ? bench.newTopic("plain", Durability.DISK) : source;
      last = made.isEmpty() ? RoutersCommand.find(bench.engine(), "source") : made.getFirst();
      appender = bench.engine().newAppender();
      medians = new double[rounds];
      ratios = new double[rounds];
    }
  }

  void run() throws IOException {
    List<Side> sides = new ArrayList<>();
    try {
      for (int count : counts) {
        sides.add(new Side(count, false, rounds));
        if (count > 0) {
          sides.add(new Side(count, true, rounds));
        }
      }
      for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
        for (int i = 0; i < sides.size(); i++) {
          Side side = sides.get(Math.floorMod(i + round, sides.size()));
          double median = medianMicros(side);
          if (round >= 0) {
            side.medians[round] = median;
          }
        }
      }
      report(sides);
    } finally {
      for (Side side : sides) {
        side.bench.close();
      }
    }
  }

  /// Each write finds the one before arrived everywhere. Only the last destination is looked at:
  /// the forwarder serves them in order, and a look at a thousand topics would take their place in
  /// the caches, and so the time of the write behind it.
  private double medianMicros(Side side) {
    double[] micros = new double[WRITES_PER_ROUND];
    for (int i = 0; i < micros.length; i++) {
      AppendBenchmark.decode(side.appender, body);
      LockSupport.parkNanos(pauseMicros * 1000L);
      long start = System.nanoTime();
      RoutersCommand.check(side.appender.append(side.measured, AppendOptions.NONE).join());
      micros[i] = (System.nanoTime() - start) / 1e3;
      if (side.beside) {
        AppendBenchmark.decode(side.appender, body);
        RoutersCommand.check(side.appender.append(side.source, AppendOptions.NONE).join());
      }
      side.written++;
      RoutersCommand.awaitHead(side.last, side.written);
    }
    return quantile(micros, 0.5);
  }

  private void report(List<Side> sides) {
    for (Side side : sides) {
      for (int round = 0; round < rounds; round++) {
        side.ratios[round] = side.medians[round] / sides.getFirst().medians[round];
      }
      System.out.printf(
          Locale.ROOT,
          "%s %4d routers: append median %.2f us, %.3f times that with %d (quartiles %.3f, %.3f)%n",
          side.beside ? "beside" : "with  ",
          side.routers,
          quantile(side.medians, 0.5),
          quantile(side.ratios, 0.5),
          sides.getFirst().routers,
          quantile(side.ratios, 0.25),
          quantile(side.ratios, 0.75));
    }
  }

  private static double quantile(double[] values, double part) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) (part * (sorted.length - 1))];
  }
}
