package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
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
import java.util.concurrent.CompletableFuture;
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
    EngineOptions options = EngineOptions.defaults().withBackground(false);
    try (Engine engine =
        Engine.open(directory, options.withStore(options.store().withJournalFileBytes(1 << 20)))) {
      for (int i = 1; i <= 3; i++) {
        append(engine, "jobs", "record " + i);
      }
    }
    damage(directory, "journal", "record 2");
  }

  private static void append(Engine engine, String topic, String data) {
    byte[] body =
        "{\"records\":[{\"data\":\"%s\"}]}".formatted(data).getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    appender.body().decode(body, 0, body.length);
    CompletableFuture<AppendResult> answer =
        appender.append(new TopicName(topic), AppendOptions.NONE);
    while (!answer.isDone()) {
      engine.step();
    }
    assertThat(answer.join()).isInstanceOf(AppendResult.Appended.class);
  }

  /// Spoils the first byte of `text` wherever a file of a directory has it.
  private static void damage(Path store, String directory, String text) throws IOException {
    int damaged = 0;
    try (Stream<Path> files = Files.list(store.resolve(directory))) {
      for (Path file : files.toList()) {
        int at = Files.readString(file, StandardCharsets.ISO_8859_1).indexOf(text);
        if (at >= 0) {
          damaged++;
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'R'}), at);
          }
        }
      }
    }
    assertThat(damaged).isOne();
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

  /// Afterwards each record is printed, or told to be lost, and nothing else is.
  @Test
  void damageInTheJournalAndInAPackIsRepairedAtOnce(@TempDir Path large) throws IOException {
    int records = 400;
    EngineOptions options = EngineOptions.defaults().withBackground(false);
    try (Engine engine =
        Engine.open(large, options.withStore(options.store().withJournalFileBytes(64 << 10)))) {
      for (int i = 1; i <= records; i++) {
        append(engine, "large", "record %d %s".formatted(i, "x".repeat(1000)));
      }
      while (engine.step() > 0) {
        assertThat(engine.stats().topics()).isOne();
      }
    }
    damage(large, "packs", "record 50 ");
    damage(large, "journal", "record 390 ");

    assertThat(topics("repair", "--accept-loss", large.toString())).isEqualTo(ExitStatus.OK);
    List<String> told =
        out.toString().lines().filter(line -> line.startsWith("lost: topic \"large\"")).toList();
    assertThat(out.toString()).contains("damage: journal/", "damage: pack ");
    try (Stream<Path> kept = Files.list(large.resolve("quarantine"))) {
      assertThat(kept).hasSize(2);
    }
    assertThat(topics("verify", large.toString())).isEqualTo(ExitStatus.OK);
    assertThat(topics("repair", large.toString())).isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).contains("nothing is damaged");

    assertThat(topics("dump", large.toString())).isEqualTo(ExitStatus.DAMAGED);
    List<String> printed = out.toString().lines().toList();
    for (int seq : new int[] {50, 390}) {
      assertThat(printed).noneMatch(line -> line.contains("\"$seq\":%d,".formatted(seq)));
    }
    List<String> lost = err.toString().lines().toList();
    assertThat(lost).hasSize(2).allMatch(line -> line.endsWith(" are lost: corrupt"));
    assertThat(told).hasSize(2);
    assertThat(printed).hasSize(records - length(told.get(0)) - length(told.get(1)));
    for (int i = 0; i < told.size(); i++) {
      assertThat(lost.get(i)).contains(told.get(i).substring(told.get(i).indexOf("records")));
    }
  }

  /// How many records `records 3 to 5` are.
  private static int length(String line) {
    String[] words = line.substring(line.indexOf("records ")).split(" ", -1);
    return Integer.parseInt(words[3]) - Integer.parseInt(words[1]) + 1;
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
