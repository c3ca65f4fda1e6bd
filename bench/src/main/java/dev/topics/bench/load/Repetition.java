package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.CpuClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// One measurement of one scenario: opens the connections, warms up, measures, closes.
final class Repetition {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final long ANSWERS_NANOS_MAX = 60_000_000_000L;

  private final Scenario scenario;
  private final LoadPlan plan;
  private final List<LoadThread> threads = new ArrayList<>();
  private volatile Phase phase = Phase.WARM_UP;

  Repetition(Scenario scenario, LoadPlan plan) {
    this.scenario = scenario;
    this.plan = plan;
  }

  /// Runs repetition `number`; `serverPid` may be 0 for unknown.
  LoadResult run(InetSocketAddress server, long serverPid, int number)
      throws IOException, InterruptedException {
    try {
      connect(server, number);
      return measure(serverPid);
    } finally {
      close();
    }
  }

  private void connect(InetSocketAddress server, int number) throws IOException {
    for (int i = 0; i < plan.threads(); i++) {
      threads.add(new LoadThread(Selector.open(), () -> phase));
    }
    for (int i = 0; i < plan.connections(); i++) {
      LoadThread thread = threads.get(i % threads.size());
      Requests requests = scenario.requests(number, i, plan.pipeline());
      thread.add(LoadConnection.open(server, thread.selector(), requests, plan.pipeline()));
    }
  }

  private LoadResult measure(long serverPid) throws IOException, InterruptedException {
    long driverPid = ProcessHandle.current().pid();
    List<Thread> running = new ArrayList<>();
    for (LoadThread thread : threads) {
      running.add(Thread.ofPlatform().name("load").start(thread));
    }
    Thread.sleep(plan.warmUp());
    long serverMicros = CpuClock.usedMicros(serverPid);
    long driverMicros = CpuClock.usedMicros(driverPid);
    long fromNanos = System.nanoTime();
    phase = Phase.MEASURE;
    Thread.sleep(plan.measured());
    awaitAnswers(fromNanos);
    phase = Phase.OVER;
    double seconds = (System.nanoTime() - fromNanos) / NANOS_PER_SECOND;
    driverMicros = CpuClock.usedMicros(driverPid) - driverMicros;
    serverMicros = serverMicros < 0 ? -1 : CpuClock.usedMicros(serverPid) - serverMicros;
    for (Thread thread : running) {
      thread.join();
    }
    check();
    return result(seconds, serverMicros, driverMicros);
  }

  /// A slow machine may need longer than the plan for the first answers.
  private void awaitAnswers(long fromNanos) throws InterruptedException {
    while (!threads.stream().allMatch(LoadThread::isDone)
        && System.nanoTime() - fromNanos < ANSWERS_NANOS_MAX) {
      Thread.sleep(1);
    }
  }

  /// A measurement of refusals, or of another amount of work than asked for, is none.
  private void check() throws IOException {
    for (LoadThread thread : threads) {
      Exception failure = thread.failure();
      if (failure != null) {
        throw new IOException("the load broke off: " + failure, failure);
      }
      for (LoadConnection connection : thread.connections()) {
        check(connection.answers());
      }
    }
  }

  private void check(AnswerReader answers) throws IOException {
    if (answers.refusals() > 0) {
      throw new IOException(
          "%d answers were refusals, the first: %s"
              .formatted(answers.refusals(), answers.firstRefusal()));
    }
    @Nullable Bytes first = answers.firstAnswer();
    if (first == null) {
      throw new IOException("a connection got no answer at all");
    }
    long records = scenario.recordsIn(first);
    if (records != scenario.recordsPerRequest()) {
      throw new IOException(
          "an answer speaks of %d records instead of %d: %s"
              .formatted(records, scenario.recordsPerRequest(), first));
    }
  }

  private LoadResult result(double seconds, long serverMicros, long driverMicros) {
    Histogram latency = threads.getFirst().meter().latencyNanos().copy();
    long bytes = threads.getFirst().measuredBytes();
    for (LoadThread thread : threads.subList(1, threads.size())) {
      latency.add(thread.meter().latencyNanos());
      bytes += thread.measuredBytes();
    }
    double requests = latency.getTotalCount();
    return new LoadResult(
        requests / seconds,
        requests * scenario.recordsPerRequest() / seconds,
        bytes / 1e6 / seconds,
        latency.getValueAtPercentile(50) / NANOS_PER_MICRO,
        latency.getValueAtPercentile(99) / NANOS_PER_MICRO,
        latency.getValueAtPercentile(99.9) / NANOS_PER_MICRO,
        latency.getMaxValue() / NANOS_PER_MICRO,
        serverMicros / requests,
        driverMicros / requests);
  }

  private void close() throws IOException {
    phase = Phase.OVER;
    for (LoadThread thread : threads) {
      for (LoadConnection connection : thread.connections()) {
        connection.close();
      }
      thread.selector().close();
    }
  }
}
