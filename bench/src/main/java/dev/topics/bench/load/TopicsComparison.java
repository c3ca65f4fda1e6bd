package dev.topics.bench.load;

import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;

/// Appends to one of many topics at random, and always to the same, in turns on one server: how
/// much dearer it is that there are many.
final class TopicsComparison {
  private static final Duration ANSWER = Duration.ofMinutes(3);
  private static final int MAKERS = 64;

  private final AnyTopicScenario any;
  private final AnyTopicScenario one;

  TopicsComparison(String durability, int batch, int recordBytes, int topics) {
    any = new AnyTopicScenario(durability, batch, recordBytes, topics);
    one = new AnyTopicScenario(durability, batch, recordBytes, 1);
  }

  /// Makes all topics, by several connections, as each waits until its topic is durable.
  void prepare(InetSocketAddress server) throws IOException, InterruptedException {
    List<Future<?>> makers = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < MAKERS; i++) {
        int first = i;
        makers.add(
            executor.submit(() -> {
              try (TopicsConnection topics = TopicsConnection.open(server, ANSWER)) {
                any.prepare(topics, first, MAKERS);
              }
              return true;
            }));
      }
      for (Future<?> maker : makers) {
        var _ = maker.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("the topics could not be made", e);
    }
  }

  /// Measures as `plan` says and prints the ratios of all repetitions. Each of the two is first in
  /// every other one, so that neither profits from what the other has warmed up.
  ///
  /// @return the results as lines of JSON
  List<String> run(InetSocketAddress server, long pid, LoadPlan plan)
      throws IOException, InterruptedException {
    List<LoadResult> toOne = new ArrayList<>();
    List<LoadResult> toAny = new ArrayList<>();
    for (int i = 0; i < plan.repetitions(); i++) {
      if (i % 2 == 0) {
        toOne.add(measure(one, server, pid, plan, i));
        toAny.add(measure(any, server, pid, plan, i));
      } else {
        toAny.add(measure(any, server, pid, plan, i));
        toOne.add(measure(one, server, pid, plan, i));
      }
    }
    System.out.println(LoadReport.summary(one.name(), toOne));
    System.out.println(LoadReport.summary(any.name(), toAny));
    System.out.printf(
        Locale.ROOT,
        "%d connections, to any of %,d topics, times that to one: throughput %s, p50 %s,"
            + " CPU of the server a request %s%n",
        plan.connections(),
        any.topics(),
        ratios(toOne, toAny, LoadResult::requestsPerSecond),
        ratios(toOne, toAny, LoadResult::p50Micros),
        ratios(toOne, toAny, LoadResult::serverCpuMicros));
    return List.of(
        LoadReport.json(one.name(), plan, toOne), LoadReport.json(any.name(), plan, toAny));
  }

  private static LoadResult measure(
      Scenario scenario, InetSocketAddress server, long pid, LoadPlan plan, int repetition)
      throws IOException, InterruptedException {
    LoadResult result = new Repetition(scenario, plan).run(server, pid, repetition);
    System.out.println(LoadReport.line(scenario.name(), result));
    return result;
  }

  /// The median of what `figure` was to any, divided by what it was to one beside it; and the least
  /// and greatest.
  private static String ratios(
      List<LoadResult> toOne, List<LoadResult> toAny, ToDoubleFunction<LoadResult> figure) {
    double[] ratios = new double[toOne.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(toAny.get(i)) / figure.applyAsDouble(toOne.get(i));
    }
    Arrays.sort(ratios);
    return String.format(
        Locale.ROOT,
        "%.2f [%.2f, %.2f]",
        ratios[ratios.length / 2],
        ratios[0],
        ratios[ratios.length - 1]);
  }
}
