package dev.topics.cli;

import dev.topics.server.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `topics config`: shows what a server would run with, and where each value comes from.
@Command(
    name = "config",
    description = "Show the configuration that flags, environment and file make together.",
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConfigCommand {
  @Spec private CommandSpec spec;

  @Command(
      name = "print",
      description = "Print every setting as a line of the configuration file. Keys are not shown.")
  int print(
      @Option(names = "--origin", description = "Say where each value comes from.") boolean origin,
      @Mixin ServeFlags flags)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Variables variables = flags.variables(System.getenv());
      for (Map.Entry<String, String> setting : ServerOptions.settings(variables.all()).entrySet()) {
        String name = setting.getKey();
        out.print(ConfigFile.settingOf(name) + " = " + shown(name, setting.getValue()));
        out.println(origin ? "  # " + variables.origin(name) : "");
      }
    } catch (IllegalArgumentException e) {
      spec.commandLine().getErr().println(flags.blamed(e));
      return ExitStatus.USAGE;
    }
    out.flush();
    return ExitStatus.OK;
  }

  private static String shown(String name, String value) {
    if (name.equals("TOPICS_API_KEYS") && !value.isEmpty()) {
      return "\"(not shown)\"";
    }
    if (value.matches("\\d+|true|false")) {
      return value;
    }
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
