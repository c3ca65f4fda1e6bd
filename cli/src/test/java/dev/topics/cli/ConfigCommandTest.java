package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// `topics config print`.
final class ConfigCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine topics = Main.commandLine();
    topics.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return topics.execute(arguments);
  }

  private String file(String toml) throws IOException {
    return Files.writeString(directory.resolve("topics.toml"), toml).toString();
  }

  @Test
  void everySettingIsShownWithWhereItComesFrom() throws IOException {
    String file = file("port = 5000\nmax_topics = 7\nhost = \"localhost\"\n");
    assertThat(run("config", "print", "--origin", "--config", file, "--port", "6000")).isZero();
    assertThat(out.toString().lines())
        .contains(
            "host = \"localhost\"  # file",
            "port = 6000  # flag",
            "max_topics = 7  # file",
            "max_sse_connections_per_key = 1000  # default",
            "max_body_bytes = 67108864  # default",
            "probe_auth = false  # default");
  }

  @Test
  void theOrderIsFlagThenEnvironmentThenFile() {
    Variables variables =
        new Variables(
            Map.of("A", "flag"),
            Map.of("A", "env", "B", "env"),
            Map.of("A", "file", "B", "file", "C", "file"));
    assertThat(variables.all()).isEqualTo(Map.of("A", "flag", "B", "env", "C", "file"));
    assertThat(variables.origin("A")).isEqualTo("flag");
    assertThat(variables.origin("B")).isEqualTo("environment, B");
    assertThat(variables.origin("C")).isEqualTo("file");
    assertThat(variables.origin("D")).isEqualTo("default");
  }

  @Test
  void whatIsPrintedIsAConfigurationFile() throws IOException {
    assertThat(run("config", "print", "--port", "6000")).isZero();
    String printed = out.toString();
    out.getBuffer().setLength(0);
    assertThat(run("config", "print", "--config", file(printed))).isZero();
    assertThat(out).hasToString(printed);
  }

  @Test
  void keysAreNotShown() throws IOException {
    String file = file("api_keys = \"S3CRET:rw\"\n");
    assertThat(run("config", "print", "--origin", "--config", file)).isZero();
    assertThat(out.toString()).contains("api_keys = \"(not shown)\"  # file");
    assertThat(out.toString()).doesNotContain("S3CRET");
  }

  @Test
  void aSettingThatIsNoneIsRefused() throws IOException {
    assertThat(run("config", "print", "--config", file("max_topic = 7\n")))
        .isEqualTo(ExitStatus.USAGE);
    assertThat(err.toString()).contains("there is no setting max_topic");
  }
}
