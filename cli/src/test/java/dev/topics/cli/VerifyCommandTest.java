package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `topics verify` says about a data directory.
final class VerifyCommandTest {
  @TempDir private Path directory;
  private final StringWriter printed = new StringWriter();
  private final StringWriter noted = new StringWriter();

  @BeforeEach
  void fill() throws IOException {
    byte[] body = "{\"records\":[{\"data\":\"a record\"}]}".getBytes(StandardCharsets.UTF_8);
    EngineOptions options = EngineOptions.defaults();
    try (Engine engine =
        Engine.open(directory, options.withStore(options.store().withJournalFileBytes(1 << 20)))) {
      Appender appender = engine.newAppender();
      for (int i = 0; i < 20; i++) {
        appender.body().decode(body, 0, body.length);
        appender.append(new TopicName("jobs"), AppendOptions.NONE).join();
      }
    }
  }

  private int verify(String... arguments) {
    CommandLine topics = Main.commandLine();
    topics.setOut(new PrintWriter(printed));
    topics.setErr(new PrintWriter(noted, true));
    return topics.execute(
        Stream.concat(Stream.of("verify"), Stream.of(arguments)).toArray(String[]::new));
  }

  private Path journalFile() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
      List<Path> sorted = files.sorted().toList();
      return sorted.getFirst();
    }
  }

  @Test
  void whatWasClosedIsSound() {
    assertThat(verify(directory.toString())).isEqualTo(ExitStatus.OK);
    assertThat(printed.toString())
        .contains("sound: 1 topics, 20 records, ", "the log ends with its last frame");
  }

  @Test
  void damageIsNamed() throws IOException {
    byte[] bytes = Files.readAllBytes(journalFile());
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a record");
    try (FileChannel file = FileChannel.open(journalFile(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {'A'}), at);
    }
    assertThat(verify(directory.toString())).isEqualTo(ExitStatus.DAMAGED);
    assertThat(printed.toString()).contains("DAMAGE: journal/", "DAMAGED: ");
  }

  @Test
  void aDamagedPackThatNoTopicRefersToIsOnlyNoted() throws IOException {
    Path packs = Files.createDirectories(directory.resolve("packs"));
    Files.write(packs.resolve("0000000001.pack"), new byte[2000]);
    assertThat(verify(directory.toString())).isEqualTo(ExitStatus.OK);
    assertThat(noted.toString()).isEqualTo("note: pack 1: both seals are damaged\n");
    assertThat(printed.toString()).contains("sound: ").doesNotContain("DAMAGE");
  }

  @Test
  void whatIsNoDataDirectoryCannotBeVerified() throws IOException {
    assertThat(verify(directory.resolve("nothing").toString())).isEqualTo(ExitStatus.FAILED);
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(verify(empty.toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(printed.toString()).isEmpty();
  }
}
