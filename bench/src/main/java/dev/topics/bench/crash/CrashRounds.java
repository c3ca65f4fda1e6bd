package dev.topics.bench.crash;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicState;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Load, kill, restart, resume, read everything back: round after round on one data directory.
final class CrashRounds {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Duration STOP = Duration.ofMinutes(2);
  private static final int PAGE_RECORDS = 1000;
  private static final String[] DURABILITIES = {"disk", "memory", "fsync", "ephemeral"};

  /// Topics that a router copies from the first record on. Where a power cut took records, the
  /// copies have other seqs.
  private static final String[] ROUTED = {"disk-a", "fsync-a"};

  /// After every so many kills the directory is verified as the kill left it.
  private static final int ROUNDS_PER_VERIFY = 5;

  /// The programs under test, on the directory of the run.
  interface Installation {
    /// Starts a server; does not wait for it.
    ServerProcess launch() throws IOException;

    /// Ends a server as a crash does.
    void crash(ServerProcess server) throws IOException, InterruptedException;

    /// Verifies the directory while no server runs; 0: nothing is wrong with it.
    int verify() throws IOException, InterruptedException;
  }

  private final Installation installation;
  private final CrashPlan plan;
  private final Consumer<String> progress;
  private final SplittableRandom random;
  private final Oracle oracle = new Oracle();
  private final List<CrashTopic> topics = new ArrayList<>();
  private final List<Writer> writers = new ArrayList<>();
  private final List<TailReader> readers = new ArrayList<>();

  CrashRounds(Installation installation, CrashPlan plan, Consumer<String> progress) {
    this.installation = installation;
    this.plan = plan;
    this.progress = progress;
    this.random = new SplittableRandom(plan.seed());
    for (int i = 0; i < plan.writers(); i++) {
      writers.add(new Writer("w" + i, oracle, random.split(), ANSWER, plan.powerCuts()));
    }
    for (int i = 0; i < plan.readers(); i++) {
      readers.add(new TailReader(oracle, random.split(), ANSWER));
    }
    for (String durability : DURABILITIES) {
      addTopic(durability + "-a", durability);
      addTopic(durability + "-b", durability);
    }
  }

  /// Runs until all rounds are done or one has found a violation, and stops the server in order.
  Oracle run() throws IOException, InterruptedException {
    for (int round = 1; round <= plan.rounds() && oracle.violations().isEmpty(); round++) {
      try (ServerProcess server = startedAgain()) {
        InetSocketAddress address = server.awaitReady(READY);
        check(address, plan.powerCuts() && round > 1);
        int index = round % DURABILITIES.length;
        addTopic("late-" + round, DURABILITIES[index]);
        loadAndKill(server, address);
      }
      if (round % ROUNDS_PER_VERIFY == 0) {
        verify("after kill " + round);
      }
      progress.accept(
          "round %d of %d: %,d records acknowledged, %,d repeated writes recognised"
              .formatted(round, plan.rounds(), oracle.ackedRecords(), oracle.dedupedWrites()));
    }
    try (ServerProcess server = installation.launch()) {
      check(server.awaitReady(READY), plan.powerCuts());
      int status = server.terminate(STOP);
      if (status != 0) {
        oracle.violation("the server exited with " + status + " on SIGTERM");
      }
    }
    verify("after the end");
    return oracle;
  }

  private void verify(String when) throws IOException, InterruptedException {
    int status = installation.verify();
    if (status != 0) {
      oracle.violation("the directory was verified " + when + " with status " + status);
    }
  }

  private void addTopic(String name, String durability) {
    CrashTopic topic = new CrashTopic(name, durability);
    oracle.topic(topic);
    topics.add(topic);
  }

  /// A server whose recovery may have been cut short once.
  private ServerProcess startedAgain() throws IOException, InterruptedException {
    ServerProcess server = installation.launch();
    if (random.nextInt(4) == 0) {
      Thread.sleep(random.nextInt(200, 1200));
      installation.crash(server);
      server = installation.launch();
    }
    return server;
  }

  private void loadAndKill(ServerProcess server, InetSocketAddress address)
      throws IOException, InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Writer writer : writers) {
      threads.add(Thread.ofPlatform().start(() -> writer.run(address, topics)));
    }
    for (TailReader reader : readers) {
      threads.add(Thread.ofPlatform().start(() -> reader.run(address, topics, server::isAlive)));
    }
    awaitFirstAck();
    Thread.sleep(random.nextLong(plan.loadMax().toMillis()) + 1);
    installation.crash(server);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /// A slow machine may need longer than a round takes until anything is acknowledged at all.
  private void awaitFirstAck() throws InterruptedException {
    long fromNanos = System.nanoTime();
    while (oracle.ackedRecords() == 0 && System.nanoTime() - fromNanos < ANSWER.toNanos()) {
      Thread.sleep(1);
    }
  }

  /// After a restart: what came back, what was not answered, and then all of it.
  private void check(InetSocketAddress address, boolean powerCut)
      throws IOException, InterruptedException {
    try (TopicsConnection connection = TopicsConnection.open(address, ANSWER)) {
      for (CrashTopic topic : topics) {
        Optional<TopicState> state = connection.state(topic.name());
        if (state.isPresent()) {
          oracle.restarted(topic.name(), state.get(), powerCut);
        } else {
          oracle.absentAfterRestart(topic.name());
        }
      }
      for (Writer writer : writers) {
        writer.resume(address);
      }
      for (CrashTopic topic : topics) {
        audit(connection, topic.name());
      }
      if (!plan.powerCuts()) {
        CopyAudit copies = new CopyAudit(connection, oracle);
        for (String topic : ROUTED) {
          copies.audit(topic);
        }
      }
    }
  }

  private void audit(TopicsConnection connection, String topic) throws IOException {
    Optional<TopicState> state = connection.state(topic);
    if (state.isEmpty()) {
      return;
    }
    TopicAudit audit = oracle.audit(topic);
    while (!audit.complete()) {
      DiffPage page = connection.diff(topic, audit.fromSeq(), PAGE_RECORDS);
      audit.page(page);
    }
    audit.finish(state.get());
  }
}
