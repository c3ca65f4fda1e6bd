package dev.topics.bench.storage;

import dev.topics.bench.remote.ServerProcess;
import dev.topics.engine.model.Durability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
          int rounds,
      @Option(names = "--durability", defaultValue = "DISK", description = "Of the topics.")
          Durability durability,
      @Option(
              names = "--rest",
              defaultValue = "0",
              description = "Seconds before a last round to any topics.")
          int restSeconds)
      throws IOException, InterruptedException {
    new ManyTopicsBench(topics, appends, rounds, durability, restSeconds).run(options);
    return 0;
  }

  @Command(
      name = "deletes",
      description = "Deletes by tag and by seq, in the journal and in packs.")
  int deletes(
      @Option(names = "--records", defaultValue = "1000000", description = "Of each topic.")
          int records,
      @Option(names = "--topics", defaultValue = "5", description = "One after the other.")
          int topics)
      throws IOException, InterruptedException {
    new DeletesBench(records, topics).run(options);
    return 0;
  }

  @Command(name = "reclaim", description = "Deletes most records; watches the files get smaller.")
  int reclaim(
      @Option(names = "--megabytes", defaultValue = "1024", description = "Of data.") int megabytes,
      @Option(names = "--record-bytes", defaultValue = "1000", description = "Of data.")
          int recordBytes,
      @Option(names = "--seconds", defaultValue = "90", description = "To watch at most.")
          int seconds)
      throws IOException, InterruptedException {
    new ReclaimBench((long) megabytes << 20, recordBytes, seconds).run(options);
    return 0;
  }

  @Command(
      name = "writes",
      description = "Appends at a fixed pace while packs and checkpoints are written.")
  int writes(
      @Option(names = "--topics", defaultValue = "64", description = "In turn.") int topics,
      @Option(names = "--per-second", defaultValue = "1000", description = "Writes.") int perSecond,
      @Option(names = "--batch", defaultValue = "100", description = "Records of a write.")
          int batch,
      @Option(names = "--record-bytes", defaultValue = "100", description = "Of data.")
          int recordBytes,
      @Option(names = "--durability", defaultValue = "DISK", description = "Of the topics.")
          Durability durability,
      @Option(names = "--warm-up", defaultValue = "10", description = "Seconds.")
          double warmUpSeconds,
      @Option(names = "--seconds", defaultValue = "60", description = "Measured.") double seconds)
      throws IOException, InterruptedException {
    new PacedWrites(topics, perSecond, batch, recordBytes, durability, warmUpSeconds, seconds)
        .run(options);
    return 0;
  }

  @Command(name = "deep-diff", description = "Reads a topic whose records lie in packs.")
  int deepDiff(
      @Option(names = "--records", defaultValue = "5000000", description = "In packs.")
          long records,
      @Option(names = "--record-bytes", defaultValue = "100", description = "Of data.")
          int recordBytes,
      @Option(names = "--rounds", defaultValue = "5", description = "From end to end.") int rounds)
      throws IOException, InterruptedException {
    new DeepDiffBench(records, recordBytes, rounds).run(options);
    return 0;
  }

  @Command(
      name = "restart",
      description = "What a server occupies before and after it is started again.")
  int restart(
      @Option(names = "--records", defaultValue = "1000000", description = "In a topic.")
          long records,
      @Option(
              names = "--server",
              paramLabel = "COMMAND",
              split = " ",
              defaultValue = "./topics serve",
              description = "What starts the server; default \"${DEFAULT-VALUE}\".")
          List<String> command)
      throws IOException, InterruptedException {
    Path directory = options.newDirectory();
    new RestartBench(
            in ->
                ServerProcess.start(
                    command, Map.of(), in.resolve("data"), in.resolve("server.log")),
            directory)
        .run(records);
    StorageRig.remove(directory);
    return 0;
  }
}
