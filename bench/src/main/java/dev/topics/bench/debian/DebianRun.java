package dev.topics.bench.debian;

import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Load, kill half-way, restart, resume, read back; once, into a `disk` and an `fsync` topic.
final class DebianRun {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofMinutes(3);

  /// Starts a server on the directory of the run.
  @FunctionalInterface
  interface Launcher {
    ServerProcess launch() throws IOException;
  }

  private final Launcher launcher;
  private final List<PackageEntry> packages;
  private final List<TopicLoad> loads;
  private final Consumer<String> progress;

  DebianRun(
      Launcher launcher, List<PackageEntry> packages, int batchRecords, Consumer<String> progress) {
    this.launcher = launcher;
    this.packages = packages;
    this.progress = progress;
    this.loads =
        List.of(
            new TopicLoad("packages-disk", packages, batchRecords),
            new TopicLoad("packages-fsync", packages, batchRecords));
  }

  void run(RandomGenerator random) throws IOException, InterruptedException {
    double loadSeconds;
    try (ServerProcess server = launcher.launch()) {
      InetSocketAddress address = server.awaitReady(READY);
      createTopics(address);
      loadSeconds = loadUntilKilled(server, address, random);
    }
    try (ServerProcess server = launcher.launch()) {
      InetSocketAddress address = server.awaitReady(READY);
      long fromNanos = System.nanoTime();
      forEachLoad(address, TopicLoad::resume);
      loadSeconds += secondsSince(fromNanos);
      reportLoad(loadSeconds);
      fromNanos = System.nanoTime();
      forEachLoad(
          address, (load, connection) -> new ReadBack(load.topic(), packages).run(connection));
      reportRead(secondsSince(fromNanos));
      int status = server.terminate(STOP);
      if (status != 0) {
        throw new IllegalStateException("the server exited with " + status + " on SIGTERM");
      }
    }
  }

  private void createTopics(InetSocketAddress address) throws IOException {
    try (TopicsConnection connection = TopicsConnection.open(address, ANSWER)) {
      connection.putTopic("packages-disk", "{\"durability\":\"disk\"}");
      connection.putTopic("packages-fsync", "{\"durability\":\"fsync\"}");
    }
  }

  private double loadUntilKilled(
      ServerProcess server, InetSocketAddress address, RandomGenerator random)
      throws InterruptedException {
    TopicLoad first = loads.getFirst();
    int killAfter = first.batches() / 4 + random.nextInt(first.batches() / 2 + 1);
    long fromNanos = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (TopicLoad load : loads) {
      threads.add(Thread.ofPlatform().start(() -> loadUntilBroken(load, address)));
    }
    while (first.ackedBatches() < killAfter && threads.getFirst().isAlive()) {
      Thread.sleep(1);
    }
    server.kill();
    for (Thread thread : threads) {
      thread.join();
    }
    for (TopicLoad load : loads) {
      progress.accept(
          "killed: %s had %d of %d batches acknowledged"
              .formatted(load.topic(), load.ackedBatches(), load.batches()));
    }
    return secondsSince(fromNanos);
  }

  private void loadUntilBroken(TopicLoad load, InetSocketAddress address) {
    try (TopicsConnection connection = TopicsConnection.open(address, ANSWER)) {
      load.run(connection);
    } catch (IOException e) {
      // Killed: the rest is for the next server.
    }
  }

  @FunctionalInterface
  private interface LoadStep {
    void run(TopicLoad load, TopicsConnection connection) throws IOException;
  }

  private void forEachLoad(InetSocketAddress address, LoadStep step) throws InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(loads.size())) {
      List<Future<?>> running = new ArrayList<>();
      for (TopicLoad load : loads) {
        running.add(threads.submit(() -> runStep(address, load, step)));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Void runStep(InetSocketAddress address, TopicLoad load, LoadStep step)
      throws IOException {
    try (TopicsConnection connection = TopicsConnection.open(address, ANSWER)) {
      step.run(load, connection);
    }
    return null;
  }

  private void reportLoad(double seconds) {
    for (TopicLoad load : loads) {
      progress.accept(
          "%s: %d batches sent again and recognised".formatted(load.topic(), load.recognised()));
    }
    progress.accept(rate("loaded", seconds));
  }

  private void reportRead(double seconds) {
    progress.accept(rate("read back, every byte equal:", seconds));
  }

  private String rate(String what, double seconds) {
    long records = (long) packages.size() * loads.size();
    long bytes = packages.stream().mapToLong(entry -> entry.data().size()).sum() * loads.size();
    return String.format(
        Locale.ROOT,
        "%s %,d records of %,d bytes in %.2f s: %,.0f records/s, %.0f MB/s",
        what,
        records,
        bytes,
        seconds,
        records / seconds,
        bytes / 1e6 / seconds);
  }

  private static double secondsSince(long fromNanos) {
    return (System.nanoTime() - fromNanos) / 1e9;
  }
}
