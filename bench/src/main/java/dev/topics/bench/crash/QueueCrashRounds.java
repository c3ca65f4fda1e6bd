package dev.topics.bench.crash;

import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Work, kill, restart, read everything back: round after round on one data directory.
final class QueueCrashRounds {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final CrashRounds.Installation installation;
  private final CrashPlan plan;
  private final Consumer<String> progress;
  private final SplittableRandom random;
  private final List<CrashQueue> queues =
      List.of(CrashQueue.of("disk"), CrashQueue.of("fsync"), CrashQueue.of("memory"));

  QueueCrashRounds(
      CrashRounds.Installation installation, CrashPlan plan, Consumer<String> progress) {
    this.installation = installation;
    this.plan = plan;
    this.progress = progress;
    random = new SplittableRandom(plan.seed());
  }

  /// Runs until all rounds are done or one has found a violation; returns what was found.
  List<String> run() throws IOException, InterruptedException {
    for (int round = 1; round <= plan.rounds() && violations().isEmpty(); round++) {
      try (ServerProcess server = installation.launch()) {
        InetSocketAddress address = server.awaitReady(READY);
        audit(address, round == 1);
        workAndKill(server, address, round);
      }
      progress.accept(
          "round %d of %d: %,d jobs claimed, %,d acked"
              .formatted(round, plan.rounds(), claims(), acks()));
    }
    try (ServerProcess server = installation.launch()) {
      audit(server.awaitReady(READY), false);
      int status = server.terminate(READY);
      if (status != 0) {
        queues.getFirst().oracle().refused("the server exited with " + status + " on SIGTERM");
      }
    }
    return violations();
  }

  long acks() {
    return queues.stream().mapToLong(queue -> queue.oracle().acks()).sum();
  }

  private long claims() {
    return queues.stream().mapToLong(queue -> queue.oracle().claims()).sum();
  }

  private List<String> violations() {
    return queues.stream().flatMap(queue -> queue.oracle().violations().stream()).toList();
  }

  private void audit(InetSocketAddress address, boolean create) throws IOException {
    try (TopicsConnection topics = TopicsConnection.open(address, ANSWER)) {
      for (CrashQueue queue : queues) {
        if (create) {
          queue.create(topics);
        }
        queue.audit(topics);
      }
    }
  }

  private void workAndKill(ServerProcess server, InetSocketAddress address, int round)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < plan.writers(); i++) {
      QueueWorker worker = new QueueWorker("w" + round + "-" + i, queues, random.split());
      threads.add(Thread.ofPlatform().start(() -> worker.run(address)));
    }
    Thread.sleep(random.nextLong(plan.loadMax().toMillis()) + 1);
    server.kill();
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
