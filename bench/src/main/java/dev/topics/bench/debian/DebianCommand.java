package dev.topics.bench.debian;

import dev.topics.bench.remote.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `debian`: real data through a crash; exit status 0 only if all of it is read back as sent.
@Command(
    name = "debian",
    mixinStandardHelpOptions = true,
    description =
        "Loads Debian's package index, a record for each package, kills the server half-way,"
            + " resumes, and compares all that is read back with what was sent.")
public final class DebianCommand implements Callable<Integer> {
  @Mixin private ServerOptions serverOptions = new ServerOptions();

  @Option(
      names = "--sample",
      description = "Use the sample of the repository, not the index of this machine.")
  private boolean sample;

  @Option(
      names = "--batch",
      defaultValue = "200",
      description = "Records of a request; default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(names = "--seed", defaultValue = "1", description = "Default ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException, InterruptedException {
    PackageIndex index = sample ? PackageIndex.sample() : PackageIndex.find();
    List<PackageEntry> packages = index.packages();
    System.out.printf(
        Locale.ROOT,
        "%,d packages, %,d with non-ASCII text, from %s%n",
        packages.size(),
        packages.stream().filter(DebianCommand::isNonAscii).count(),
        index.origin());
    Path directory = serverOptions.newDirectory("debian");
    new DebianRun(() -> serverOptions.start(directory), packages, batch, System.out::println)
        .run(new SplittableRandom(seed));
    serverOptions.delete(directory);
    return 0;
  }

  private static boolean isNonAscii(PackageEntry entry) {
    return entry.data().toString().length() != entry.data().size();
  }
}
