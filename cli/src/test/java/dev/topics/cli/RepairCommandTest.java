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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// What `topics dump` and `topics repair` do with a directory in which one record is damaged.
final class RepairCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void damageTheSecondRecord() throws IOException {
    EngineOptions options = EngineOptions.defaults();
    try (Engine engine =
        Engine.open(directory, options.withStore(options.store().withJournalFileBytes(1 << 20)))) {
      for (int i = 1; i <= 3; i++) {
        byte[] body =
            "{\"records\":[{\"data\":\"record %d\"}]}"
                .formatted(i)
                .getBytes(StandardCharsets.UTF_8);
        Appender appender = engine.newAppender();
        appender.body().decode(body, 0, body.length);
        appender.append(new TopicName("jobs"), AppendOptions.NONE).join();
      }
    }
    Path journal = directory.resolve("journal/0000000001.journal");
    String bytes = Files.readString(journal, StandardCharsets.ISO_8859_1);
    try (FileChannel file = FileChannel.open(journal, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {'R'}), bytes.indexOf("record 2"));
    }
  }

  private int topics(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine topics = Main.commandLine();
    topics.setOut(new PrintWriter(out));
    topics.setErr(new PrintWriter(err, true));
    return topics.execute(arguments);
  }

  private int files() throws IOException {
    try (Stream<Path> found = Files.walk(directory)) {
      return Math.toIntExact(found.count());
    }
  }

  @Test
  void aDumpLeavesOutWhatIsDamagedAndSaysSo() throws IOException {
    int before = files();
    assertThat(topics("dump", directory.toString(), "jobs")).isEqualTo(ExitStatus.DAMAGED);
    assertThat(out.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("{\"topic\":\"jobs\",\"record\":{\"$seq\":"))
        .noneMatch(line -> line.contains("ecord 2"));
    assertThat(err.toString())
        .contains("DAMAGE: journal/", "topic \"jobs\": records 2 to 2 are lost: corrupt");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void aDumpOfATopicThatIsNotThereFails() {
    assertThat(topics("dump", directory.toString(), "other")).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains("there is no topic \"other\"");
  }

  @Test
  void nothingIsRepairedUntilTheLossIsAccepted() throws IOException {
    int before = files();
    assertThat(topics("repair", directory.toString())).isEqualTo(ExitStatus.DAMAGED);
    assertThat(out.toString())
        .contains("would be lost: topic \"jobs\", records 2 to 2", "nothing was changed");
    assertThat(files()).isEqualTo(before);
    assertThat(topics("verify", directory.toString())).isEqualTo(ExitStatus.DAMAGED);

    assertThat(topics("repair", "--accept-loss", directory.toString())).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).contains("lost: topic \"jobs\", records 2 to 2", "quarantine");
    assertThat(directory.resolve("quarantine")).isNotEmptyDirectory();
    assertThat(topics("verify", directory.toString())).isEqualTo(ExitStatus.OK);
    assertThat(topics("repair", directory.toString())).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).contains("nothing is damaged");
  }
}
