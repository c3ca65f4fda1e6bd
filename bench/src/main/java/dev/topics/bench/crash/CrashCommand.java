package dev.topics.bench.crash;

import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `crash`: kill -9 rounds; exit status 0 only if nothing was lost, repeated or changed.
@Command(
    name = "crash",
    mixinStandardHelpOptions = true,
    description =
        "Kills a server under load again and again, and checks that every acknowledged record is"
            + " still there: once, in order, byte for byte.")
public final class CrashCommand implements Callable<Integer> {
  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(
      names = "--verify",
      paramLabel = "COMMAND",
      split = " ",
      defaultValue = "./topics verify",
      description = "Checks the data directory now and then; default \"${DEFAULT-VALUE}\".")
  private List<String> verify = List.of();

  @Option(names = "--rounds", defaultValue = "30", description = "Default ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(names = "--writers", defaultValue = "12", description = "Default ${DEFAULT-VALUE}.")
  private int writers;

  @Option(names = "--readers", defaultValue = "3", description = "Default ${DEFAULT-VALUE}.")
  private int readers;

  @Option(
      names = "--load-max",
      paramLabel = "MILLIS",
      defaultValue = "1500",
      description = "A kill comes at most so long after the load began; default ${DEFAULT-VALUE}.")
  private int loadMaxMillis;

  @Option(
      names = "--power-cut",
      paramLabel = "COMMAND",
      split = " ",
      description = {
        "Cut the power instead: COMMAND cut is called before each kill, COMMAND restore after it",
        "(see bench/power-cuts)."
      })
  private List<String> powerCut = List.of();

  @Option(
      names = "--queues",
      description = "Work on queues instead: no acked job returns, none is lost or in two places.")
  private boolean queues;

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("crash");
    System.out.println("seed " + seed + ", in " + directory);
    Duration loadMax = Duration.ofMillis(loadMaxMillis);
    CrashPlan plan = new CrashPlan(rounds, writers, readers, loadMax, !powerCut.isEmpty(), seed);
    if (plan.powerCuts()) {
      sync(directory.resolveSibling("."));
    }
    long startNanos = System.nanoTime();
    if (queues) {
      return callQueues(directory, plan, startNanos);
    }
    Oracle oracle = new CrashRounds(new OnDisk(directory), plan, System.out::println).run();
    if (isViolated(oracle.violations(), directory)) {
      return 1;
    }
    System.out.printf(
        Locale.ROOT,
        "%d %s in %.0f s: %,d acknowledged records, none lost%s, repeated or changed%n",
        rounds,
        powerCut.isEmpty() ? "kills" : "power cuts",
        (System.nanoTime() - startNanos) / 1e9,
        oracle.ackedRecords(),
        powerCut.isEmpty() ? "" : " but told tails of classes that allow it");
    serverOptions.delete(directory);
    return 0;
  }

  /// Makes the names in a directory durable.
  private static void sync(Path directory) throws IOException {
    try (FileChannel names = FileChannel.open(directory)) {
      names.force(true);
    }
  }

  private int callQueues(Path directory, CrashPlan plan, long startNanos)
      throws IOException, InterruptedException {
    QueueCrashRounds rounds =
        new QueueCrashRounds(new OnDisk(directory), plan, System.out::println);
    if (isViolated(rounds.run(), directory)) {
      return 1;
    }
    System.out.printf(
        Locale.ROOT,
        "%d kills in %.0f s: %,d acked jobs, none came back, no other one lost or in two places%n",
        plan.rounds(),
        (System.nanoTime() - startNanos) / 1e9,
        rounds.acks());
    serverOptions.delete(directory);
    return 0;
  }

  private boolean isViolated(List<String> violations, Path directory) {
    for (String violation : violations) {
      System.out.println("VIOLATION " + violation);
    }
    if (!violations.isEmpty()) {
      System.out.println("failed with seed " + seed + "; the data is kept in " + directory);
    }
    return !violations.isEmpty();
  }

  private final class OnDisk implements CrashRounds.Installation {
    private final Path directory;

    OnDisk(Path directory) {
      this.directory = directory;
    }

    @Override
    public ServerProcess launch() throws IOException {
      return serverOptions.start(directory);
    }

    @Override
    public void crash(ServerProcess server) throws IOException, InterruptedException {
      if (powerCut.isEmpty()) {
        server.kill();
        return;
      }
      call("cut");
      server.kill();
      call("restore");
    }

    private void call(String verb) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(powerCut);
      command.add(verb);
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      if (status != 0) {
        throw new IOException("%s failed with %d".formatted(command, status));
      }
    }

    @Override
    public int verify() throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(verify);
      command.add(serverOptions.data(directory).toString());
      File log = directory.resolve("verify.log").toFile();
      int status =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(log))
              .start()
              .waitFor();
      if (status != 0) {
        System.out.print(Files.readString(log.toPath()));
      }
      return status;
    }
  }
}
