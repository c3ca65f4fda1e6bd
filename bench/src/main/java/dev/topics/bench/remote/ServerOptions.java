package dev.topics.bench.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command-line options of everything that starts a server of its own.
public final class ServerOptions {
  @Option(
      scope = ScopeType.INHERIT,
      names = "--server",
      paramLabel = "COMMAND",
      split = " ",
      defaultValue = "./topics serve",
      description = "What starts the server; default \"${DEFAULT-VALUE}\".")
  private List<String> command = List.of();

  @Option(
      scope = ScopeType.INHERIT,
      names = "--data",
      paramLabel = "DIR",
      description = "Where the data directory is made; default: the temporary directory.")
  private @Nullable Path parent;

  @Option(
      scope = ScopeType.INHERIT,
      names = "--keep",
      description = "Leave the data directory for a look at it.")
  private boolean keep;

  /// An empty directory for the data and the log of one run.
  public Path newDirectory(String purpose) throws IOException {
    String prefix = "topics-" + purpose + "-";
    if (parent == null) {
      return Files.createTempDirectory(prefix);
    }
    Files.createDirectories(parent);
    return Files.createTempDirectory(parent, prefix);
  }

  /// Starts a server on the data in `directory`; does not wait for it.
  public ServerProcess start(Path directory) throws IOException {
    return start(directory, Map.of());
  }

  /// The same with `variables` in its environment, unless ours has them already.
  public ServerProcess start(Path directory, Map<String, String> variables) throws IOException {
    Path log = directory.resolve("server.log");
    return ServerProcess.start(command, variables, data(directory), log);
  }

  /// The data directory of the servers started on `directory`.
  public Path data(Path directory) {
    return directory.resolve("data");
  }

  /// Removes what [#newDirectory] made, unless the user wants to keep it.
  public void delete(Path directory) throws IOException {
    if (keep) {
      System.out.println("kept " + directory);
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
