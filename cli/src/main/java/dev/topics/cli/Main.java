package dev.topics.cli;

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
    subcommands = {ServeCommand.class, VerifyCommand.class, CommandLine.HelpCommand.class})
public final class Main {
  private Main() {}

  static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
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
