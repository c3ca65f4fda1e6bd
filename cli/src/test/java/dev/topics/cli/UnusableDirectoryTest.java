package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the commands that read a data directory say of one that they cannot use, or that is as good
/// as whole.
final class UnusableDirectoryTest {
  @TempDir private Path directory;

  /// Two topics in two packs, with two checkpoints.
  @BeforeEach
  void fill() throws IOException {
    EngineOptions options = EngineOptions.defaults().withBackground(false);
    options = options.withStore(options.store().withJournalFileBytes(64 << 10));
    for (int run = 0; run < 2; run++) {
      try (Engine engine = Engine.open(directory, options)) {
        for (int i = 1; i <= 200; i++) {
          append(engine, i % 2 == 0 ? "even" : "odd", "record %d %s".formatted(i, "x".repeat(1000)));
        }
        while (engine.step() > 0) {
          assertThat(engine.stats().topics()).isEqualTo(2);
        }
      }
    }
    assertThat(files("checkpoints")).hasSize(2);
    assertThat(files("packs")).isNotEmpty();
  }

  private static void append(Engine engine, String topic, String data) {
    byte[] body =
        "{\"records\":[{\"data\":\"%s\"}]}".formatted(data).getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    appender.body().decode(body, 0, body.length);
    var answer = appender.append(new TopicName(topic), AppendOptions.NONE);
    while (!answer.isDone()) {
      engine.step();
    }
  }

  private List<Path> files(String name) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      return files.sorted().toList();
    }
  }

  private static void flip(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 1;
    Files.write(file, bytes);
  }

  /// What each command that reads a data directory says of `of`.
  private List<Said> said(Path of) throws IOException {
    Path copy = directory.resolveSibling(directory.getFileName() + "-copy");
    List<Said> said = new ArrayList<>();
    said.add(Said.by("verify", of));
    said.add(Said.by("dump", of));
    said.add(Said.by("repair", of));
    said.add(Said.by("backup", "--data-dir", of, copy));
    Files.deleteIfExists(copy);
    return said;
  }

  @Test
  void whenNoCheckpointCanBeReadEveryCommandSaysDamaged() throws IOException {
    for (Path checkpoint : files("checkpoints")) {
      flip(checkpoint, 200);
    }
    assertThat(said(directory))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.DAMAGED);
          assertThat(said.err()).contains("stored data cannot be used", "no checkpoint can be read");
        });
  }

  @Test
  void whenNoSuperblockCanBeReadEveryCommandSaysDamaged() throws IOException {
    flip(directory.resolve("superblock-a"), 40);
    flip(directory.resolve("superblock-b"), 40);
    assertThat(said(directory))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.DAMAGED);
          assertThat(said.err()).contains("no readable superblock");
        });
  }

  @Test
  void ofAnUnknownVersionEveryCommandSaysDamaged() throws IOException {
    Path superblock = directory.resolve("superblock-a");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(superblock));
    bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(8, 99);
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, 508));
    bytes.putInt(508, (int) crc.getValue());
    Files.write(superblock, bytes.array());
    assertThat(said(directory))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.DAMAGED);
          assertThat(said.err()).contains("superblock-a has format version 99");
        });
  }

  @Test
  void anEmptyDirectoryIsCalledEmpty(@TempDir Path empty) throws IOException {
    assertThat(said(empty))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.FAILED);
          assertThat(said.err()).isEqualTo(empty + " is empty: no data directory\n");
        });
  }
}
