package dev.topics.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.topics.engine.model.InconsistentLogException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The `topics` command: subcommands do the work, this names them.
@Command(
    name = "topics",
    description = "Durable topics, queues and routers over HTTP, in one process.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ServeCommand.class,
      ConfigCommand.class,
      KeyCommand.class,
      VerifyCommand.class,
      DumpCommand.class,
      RepairCommand.class,
      BackupCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main {
  private Main() {}

  static void main(String[] args) {
    CommandLine topics = commandLine();
    topics.setOut(new PrintWriter(new OutputStreamWriter(System.out, UTF_8), true));
    System.exit(topics.execute(args));
  }

  /// The whole command, to be executed with arguments.
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setExecutionStrategy(parsed -> {
          Logs.silence();
          return new CommandLine.RunLast().execute(parsed);
        })
        .setExecutionExceptionHandler((e, command, _) -> failed(e, command));
  }

  private static int failed(Exception failure, CommandLine command) throws Exception {
    if (failure instanceof IOException || failure instanceof InconsistentLogException) {
      command.getErr().println(Reason.of(failure));
      return ExitStatus.of(failure);
    }
    throw failure;
  }

  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"topics " + version()};
    }
  }
}
