package dev.topics.bench.crash;

import dev.topics.bench.remote.ServerOptions;
import java.io.IOException;
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
      description =
          "Checks the data directory at the end, nothing if empty; default \"${DEFAULT-VALUE}\".")
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

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("crash");
    CrashPlan plan =
        new CrashPlan(rounds, writers, readers, Duration.ofMillis(loadMaxMillis), seed);
    long startNanos = System.nanoTime();
    Oracle oracle =
        new CrashRounds(() -> serverOptions.start(directory), plan, System.out::println).run();
    int verified = verify(serverOptions.data(directory));
    for (String violation : oracle.violations()) {
      System.out.println("VIOLATION " + violation);
    }
    if (!oracle.violations().isEmpty() || verified != 0) {
      System.out.println("failed with seed " + seed + "; the data is kept in " + directory);
      return 1;
    }
    System.out.printf(
        Locale.ROOT,
        "%d kills in %.0f s: %,d acknowledged records, none lost, repeated or changed%n",
        rounds,
        (System.nanoTime() - startNanos) / 1e9,
        oracle.ackedRecords());
    serverOptions.delete(directory);
    return 0;
  }

  private int verify(Path dataDir) throws IOException, InterruptedException {
    if (verify.getFirst().isEmpty()) {
      return 0;
    }
    List<String> command = new ArrayList<>(verify);
    command.add(dataDir.toString());
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    System.out.println(String.join(" ", command) + " exited with " + status);
    return status;
  }
}
