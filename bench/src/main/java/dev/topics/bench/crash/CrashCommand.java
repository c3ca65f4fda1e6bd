package dev.topics.bench.crash;

import dev.topics.bench.remote.ServerOptions;
import dev.topics.bench.remote.ServerProcess;
import java.io.File;
import java.io.IOException;
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

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = serverOptions.newDirectory("crash");
    System.out.println("seed " + seed + ", in " + directory);
    CrashPlan plan =
        new CrashPlan(rounds, writers, readers, Duration.ofMillis(loadMaxMillis), seed);
    long startNanos = System.nanoTime();
    Oracle oracle = new CrashRounds(new OnDisk(directory), plan, System.out::println).run();
    for (String violation : oracle.violations()) {
      System.out.println("VIOLATION " + violation);
    }
    if (!oracle.violations().isEmpty()) {
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
