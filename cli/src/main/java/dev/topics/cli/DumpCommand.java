package dev.topics.cli;

import dev.topics.engine.Dump;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `topics dump`: prints the records of a data directory, also of a damaged one.
///
/// The exit status is [ExitStatus#DAMAGED] if not all of it can be read.
@Command(
    name = "dump",
    description = {
      "Print the records in a data directory that no server has open, as JSON lines.",
      "A line is {\"topic\":NAME,\"record\":RECORD}. Changes nothing. What is damaged is left out",
      "and named on stderr; the exit status is 3 then. What costs no record is only noted there."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DumpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "DIR", description = "The data directory.")
  private Path directory;

  @Parameters(
      index = "1..*",
      paramLabel = "TOPIC",
      description = "The topics to print; all if none is given.")
  private final List<String> names = new ArrayList<>();

  @Mixin private ColdDirectory cold;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      List<TopicName> topics = names.stream().map(TopicName::new).toList();
      boolean whole = Dump.of(cold.open(directory), topics, new Lines(out, err));
      return whole ? ExitStatus.OK : ExitStatus.DAMAGED;
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      return ExitStatus.USAGE;
    } finally {
      out.flush();
    }
  }

  private record Lines(PrintWriter out, PrintWriter err) implements Dump.Receiver {
    @Override
    public void record(TopicName topic, String json) throws IOException {
      out.print("{\"topic\":\"" + topic + "\",\"record\":" + json + "}\n");
      if (out.checkError()) {
        throw new IOException("the output was closed");
      }
    }

    @Override
    public void lost(TopicName topic, Tombstone tombstone) {
      err.printf(
          "topic \"%s\": records %d to %d are lost: %s%n",
          topic, tombstone.gapFrom(), tombstone.gapTo(), tombstone.reason().wireName());
    }

    @Override
    public void damage(String what) {
      err.println("DAMAGE: " + what);
    }

    @Override
    public void note(String what) {
      err.println("note: " + what);
    }
  }
}
