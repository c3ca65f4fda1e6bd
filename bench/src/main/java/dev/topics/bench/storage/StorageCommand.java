package dev.topics.bench.storage;

import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `storage`: what it costs to hold much, for long.
@Command(
    name = "storage",
    mixinStandardHelpOptions = true,
    description = "Measures a store that holds much: recovery, memory, deletes, space on disk.",
    subcommands = OpenCommand.class)
public final class StorageCommand {
  @Mixin private StorageOptions options = new StorageOptions();

  @Command(
      name = "recovery",
      description = "Opens a store with many records and a long tail of the journal.")
  int recovery(
      @Option(names = "--records", defaultValue = "1000000", description = "In the topic.")
          long records,
      @Option(names = "--batch", defaultValue = "1000", description = "Records of a write.")
          int batch,
      @Option(names = "--record-bytes", defaultValue = "100", description = "Of data; 1: a digit.")
          int recordBytes,
      @Option(names = "--tail-megabytes", defaultValue = "120", description = "To be replayed.")
          int tailMegabytes,
      @Option(names = "--openings", defaultValue = "3", description = "Each in a new JVM.")
          int openings)
      throws IOException, InterruptedException {
    new RecoveryBench(records, batch, recordBytes, (long) tailMegabytes << 20, openings)
        .run(options);
    return 0;
  }

  @Command(name = "topics", description = "Makes many topics, appends to them, opens them again.")
  int topics(
      @Option(names = "--topics", defaultValue = "100000", description = "Of a record each.")
          int topics,
      @Option(names = "--appends", defaultValue = "100000", description = "Of each round.")
          int appends,
      @Option(names = "--rounds", defaultValue = "5", description = "Of appends, of openings.")
          int rounds)
      throws IOException, InterruptedException {
    new ManyTopicsBench(topics, appends, rounds).run(options);
    return 0;
  }
}
