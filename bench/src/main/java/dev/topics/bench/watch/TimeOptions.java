package dev.topics.bench.watch;

import java.time.Duration;
import picocli.CommandLine.Option;

/// The command-line options of what goes on for a while.
final class TimeOptions {
  @Option(names = "--seconds", defaultValue = "30", description = "Default ${DEFAULT-VALUE}.")
  private int seconds;

  Duration duration() {
    return Duration.ofSeconds(seconds);
  }
}
