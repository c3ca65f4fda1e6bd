package dev.topics.bench;

import dev.topics.bench.access.AttackCommand;
import dev.topics.bench.access.TlsCommand;
import dev.topics.bench.crash.CrashCommand;
import dev.topics.bench.debian.DebianCommand;
import dev.topics.bench.engine.LockCommand;
import dev.topics.bench.engine.RoutersCommand;
import dev.topics.bench.load.BareCommand;
import dev.topics.bench.load.LoadCommand;
import dev.topics.bench.load.RouterAcksCommand;
import dev.topics.bench.queue.QueueCommand;
import dev.topics.bench.storage.JournalCommand;
import dev.topics.bench.storage.PackCommand;
import dev.topics.bench.storage.StorageCommand;
import dev.topics.bench.watch.WatchCommand;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The entry of `bench/run`.
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    description = "Loads, breaks and measures a server; `jmh` runs the benchmarks inside the JVM.",
    subcommands = {
      LoadCommand.class,
      BareCommand.class,
      TlsCommand.class,
      AttackCommand.class,
      LockCommand.class,
      RoutersCommand.class,
      RouterAcksCommand.class,
      JournalCommand.class,
      PackCommand.class,
      StorageCommand.class,
      QueueCommand.class,
      CrashCommand.class,
      DebianCommand.class,
      WatchCommand.class
    })
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    if (args.length > 0 && args[0].equals("jmh")) {
      org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
      return;
    }
    System.exit(new CommandLine(new Main()).execute(args));
  }
}
