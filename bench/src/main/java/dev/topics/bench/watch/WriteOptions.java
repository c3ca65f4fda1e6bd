package dev.topics.bench.watch;

import java.time.Duration;
import picocli.CommandLine.Option;

/// The command-line options of what measures one write after the other.
final class WriteOptions {
  @Option(names = "--writes", defaultValue = "1000", description = "Default ${DEFAULT-VALUE}.")
  private int writes;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Of writes that do not count; default ${DEFAULT-VALUE}.")
  private int warmUpSeconds;

  int writes() {
    return writes;
  }

  Duration warmUp() {
    return Duration.ofSeconds(warmUpSeconds);
  }
}
