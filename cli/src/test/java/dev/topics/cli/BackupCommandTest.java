package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.Verification;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `topics backup` does while an engine has the directory open.
final class BackupCommandTest {
  private static final EngineOptions OPTIONS = EngineOptions.defaults();

  @TempDir private Path directory;
  private Path data = Path.of("");
  private Path target = Path.of("");
  private final StringWriter printed = new StringWriter();

  @BeforeEach
  void name() {
    data = directory.resolve("data");
    target = directory.resolve("copy");
  }

  private int backup(String... more) {
    CommandLine topics = Main.commandLine();
    topics.setOut(new PrintWriter(printed));
    topics.setErr(new PrintWriter(printed));
    List<String> arguments = new ArrayList<>(List.of("backup", target.toString()));
    arguments.addAll(List.of("--data-dir", data.toString()));
    arguments.addAll(List.of(more));
    return topics.execute(arguments.toArray(String[]::new));
  }

  private static Engine open(Path of) throws IOException {
    return Engine.open(of, OPTIONS.withStore(OPTIONS.store().withJournalFileBytes(1 << 20)));
  }

  private static void append(Engine engine, int records) {
    byte[] body = "{\"records\":[{\"data\":\"a record\"}]}".getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    for (int i = 0; i < records; i++) {
      appender.body().decode(body, 0, body.length);
      appender.append(new TopicName("jobs"), AppendOptions.NONE).join();
    }
  }

  @Test
  void theCopyOfAnOpenStoreHasWhatWasAcknowledged() throws IOException {
    try (Engine engine = open(data)) {
      append(engine, 20);
      assertThat(backup()).isEqualTo(ExitStatus.OK);
      append(engine, 5);
    }
    assertThat(printed.toString()).contains("copy: ", "; verified: ");
    assertThat(Verification.of(target).records()).isEqualTo(20);
    try (Engine restored = open(target)) {
      append(restored, 1);
    }
    assertThat(Verification.of(target).records()).isEqualTo(21);
    assertThat(Verification.of(data).records()).isEqualTo(25);
  }

  @Test
  void aCopyInsideOfWhatIsCopiedIsRefused() throws IOException {
    target = data.resolve("copies/../copy");
    try (Engine engine = open(data)) {
      append(engine, 1);
    }
    assertThat(backup()).isEqualTo(ExitStatus.USAGE);
    assertThat(target).doesNotExist();
    assertThat(printed.toString()).contains("outside of the data directory");
  }

  @Test
  void aCopyThatALinkLeadsIntoWhatIsCopiedIsRefused() throws IOException {
    try (Engine engine = open(data)) {
      append(engine, 1);
    }
    Path link = Files.createSymbolicLink(directory.resolve("link"), data);
    target = link.resolve("copies/copy");
    assertThat(backup()).isEqualTo(ExitStatus.USAGE);
    assertThat(data.resolve("copies")).doesNotExist();
    target = data.toRealPath().resolve("copy");
    data = link;
    assertThat(backup()).isEqualTo(ExitStatus.USAGE);
    assertThat(target).doesNotExist();
  }

  @Test
  void aCopyInsideOfTheColdDirectoryIsRefused() throws IOException {
    try (Engine engine = open(data)) {
      append(engine, 1);
    }
    Path cold = Files.createDirectory(directory.resolve("cold"));
    target = cold.resolve("copy");
    assertThat(backup("--cold-dir", cold.toString())).isEqualTo(ExitStatus.USAGE);
    assertThat(target).doesNotExist();
    assertThat(printed.toString()).contains("outside of the cold directory");
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    try (Engine engine = open(data)) {
      append(engine, 1);
    }
    Files.createDirectory(target);
    Files.writeString(target.resolve("notes.txt"), "mine");
    assertThat(backup()).isEqualTo(ExitStatus.FAILED);
    assertThat(printed.toString()).contains("copy is not empty");
    assertThat(target).isDirectoryContaining(path -> path.endsWith("notes.txt"));
  }

  @Test
  void whatIsNoDataDirectoryIsNotCopied() {
    assertThat(backup()).isEqualTo(ExitStatus.FAILED);
    assertThat(printed.toString()).contains("there is no directory");
  }
}
