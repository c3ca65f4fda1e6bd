package dev.topics.cli;

import dev.topics.engine.Verification;
import dev.topics.storage.Backup;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.FileDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `topics backup`: copies a data directory, also while a server writes to it, and verifies the
/// copy.
@Command(
    name = "backup",
    description = {
      "Copy a data directory into an empty one, also while a server is writing to it.",
      "The copy is verified, and is a data directory itself: start a server on it to restore it.",
      "What lies in a cold directory is copied too, to the same place as the rest."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class BackupCommand implements Callable<Integer> {
  private static final String DEFAULT_DIRECTORY = "./topics-data";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Where the copy goes; made if it is not there.")
  private Path target;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "What is copied; default TOPICS_DATA_DIR, then " + DEFAULT_DIRECTORY + ".")
  private @Nullable Path directory;

  @Mixin private ColdDirectory cold;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    String given = System.getenv().getOrDefault("TOPICS_DATA_DIR", DEFAULT_DIRECTORY);
    Path source = directory == null ? Path.of(given) : directory;
    Path moved = cold.named();
    if (isInside(source)) {
      return refuse("the copy must lie outside of the data directory");
    }
    if (moved != null && isInside(moved)) {
      return refuse("the copy must lie outside of the cold directory");
    }
    try (Disk from = cold.open(source);
        FileDisk to = FileDisk.open(target)) {
      Backup.Report report = Backup.copy(from, to, Verification::frames);
      out.printf(
          "%s: %d bytes copied, %d files linked; verified: %d frames, %d packs, %d checkpoints%n",
          target,
          report.copiedBytes(),
          report.linkedFiles(),
          report.journal().frames(),
          report.files().packs().size(),
          report.files().checkpoints().size());
      out.flush();
      return ExitStatus.OK;
    }
  }

  private int refuse(String reason) {
    spec.commandLine().getErr().println(reason);
    return ExitStatus.USAGE;
  }

  private boolean isInside(Path copied) throws IOException {
    return real(target).startsWith(real(copied));
  }

  /// Where `path` is, or will be when it is made, whatever the links on the way are called.
  private static Path real(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path there = absolute;
    for (Path up = there.getParent(); up != null && !Files.exists(there); up = up.getParent()) {
      there = up;
    }
    int names = there.getNameCount();
    Path real = there.toRealPath();
    return names == absolute.getNameCount()
        ? real
        : real.resolve(absolute.subpath(names, absolute.getNameCount())).normalize();
  }
}
