package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Flags over the environment over the file (http-api §12).
final class ServeFlagsTest {
  @TempDir private Path directory;

  private Map<String, String> variables(
      String file, Map<String, String> environment, String... flags) throws IOException {
    Path config = Files.writeString(directory.resolve("config"), file);
    String[] arguments = new String[flags.length + 2];
    System.arraycopy(flags, 0, arguments, 0, flags.length);
    arguments[flags.length] = "--config";
    arguments[flags.length + 1] = config.toString();
    return CommandLine.populateCommand(new ServeFlags(), arguments).variables(environment).all();
  }

  @Test
  void aFlagBeatsTheEnvironmentAndThatTheFile() throws IOException {
    assertThat(
            variables(
                "data_dir = 'file'\nport_file = 'file'\nmax_limit = 1",
                Map.of("TOPICS_DATA_DIR", "environment", "TOPICS_PORT_FILE", "environment"),
                "--data-dir",
                "flag"))
        .containsEntry("TOPICS_DATA_DIR", "flag")
        .containsEntry("TOPICS_PORT_FILE", "environment")
        .containsEntry("TOPICS_MAX_LIMIT", "1");
  }

  @Test
  void theHelpNamesTheVariableOfEachFlag() {
    String help = Main.commandLine().getSubcommands().get("serve").getUsageMessage();
    var flags = CommandLine.Model.CommandSpec.forAnnotatedObject(new ServeFlags()).options();
    assertThat(flags).hasSizeGreaterThan(5);
    for (var flag : flags) {
      String variable = flag.longestName().replaceFirst("--", "topics_").replace('-', '_');
      assertThat(help).contains("[" + variable.toUpperCase(Locale.ROOT) + "]");
    }
    assertThat(help.lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void aFlagThatMakesNoSenseIsBlamedByItsOwnName() {
    assertThat(Said.by("config", "print", "--port", "abc"))
        .isEqualTo(
            new Said(
                ExitStatus.USAGE, "", "the port in --port must be from 0 to 65535, not abc\n"));
  }

  @Test
  void theListOfCommandsDescribesEachInASentence() {
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      assertThat(command.getCommandSpec().usageMessage().description()[0]).endsWith(".");
    }
  }

  @Test
  void howLogsLookMayStandInTheFileToo() throws IOException {
    assertThat(variables("log_format = 'json'\nlog_level = 'warn'", Map.of()))
        .containsEntry("TOPICS_LOG_FORMAT", "json")
        .containsEntry("TOPICS_LOG_LEVEL", "warn");
    assertThat(
            variables(
                "log_format = 'json'", Map.of("TOPICS_LOG_FORMAT", "text"), "--log-format", "json"))
        .containsEntry("TOPICS_LOG_FORMAT", "json");
  }

  @Test
  void aHostWithAPortBeatsAPortFromBelowOnly() throws IOException {
    Map<String, String> host = Map.of("TOPICS_HOST", "127.0.0.1:5000");
    assertThat(variables("port = 4000", host)).doesNotContainKey("TOPICS_PORT");
    assertThat(variables("", host, "--port", "6000")).containsEntry("TOPICS_PORT", "6000");
    assertThat(variables("", Map.of("TOPICS_PORT", "4000"), "--host", "127.0.0.1"))
        .containsEntry("TOPICS_PORT", "4000");
  }
}
