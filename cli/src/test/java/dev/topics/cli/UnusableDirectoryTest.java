package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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
  private static final EngineOptions OPTIONS = options();

  @TempDir private Path directory;
  @TempDir private Path target;

  /// Two topics in two packs, with two checkpoints.
  @BeforeEach
  void fill() throws IOException {
    for (int run = 0; run < 2; run++) {
      try (Engine engine = Engine.open(directory, OPTIONS)) {
        for (int i = 1; i <= 200; i++) {
          append(
              engine, i % 2 == 0 ? "even" : "odd", "record %d %s".formatted(i, "x".repeat(1000)));
        }
        while (engine.step() > 0) {
          assertThat(engine.stats().topics()).isEqualTo(2);
        }
      }
    }
    assertThat(files("checkpoints")).hasSize(2);
    assertThat(files("packs")).isNotEmpty();
  }

  private static EngineOptions options() {
    EngineOptions options = EngineOptions.defaults().withBackground(false);
    return options.withStore(options.store().withJournalFileBytes(64 << 10));
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

  /// What each command that looks at a data directory says of `of`.
  private static List<Said> said(Path of) {
    return List.of(Said.by("verify", of), Said.by("dump", of), Said.by("repair", of));
  }

  /// The same, and a backup, which leaves nothing where it fails.
  private List<Said> saidWithBackup(Path of) {
    List<Said> said = new ArrayList<>(said(of));
    said.add(Said.by("backup", "--data-dir", of, target));
    assertThat(target).isEmptyDirectory();
    return said;
  }

  @Test
  void whenNoCheckpointCanBeReadEveryCommandSaysDamaged() throws IOException {
    for (Path checkpoint : files("checkpoints")) {
      flip(checkpoint, 200);
    }
    Said backup = Said.by("backup", "--data-dir", directory, target);
    assertThat(backup.err()).contains("the copy is not sound: checkpoint ");
    assertThat(target).as("what a failed backup leaves").isEmptyDirectory();
    assertThat(said(directory))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.DAMAGED);
          assertThat(said.err())
              .contains("stored data cannot be used", "no checkpoint can be read");
        });
  }

  @Test
  void whenNoSuperblockCanBeReadEveryCommandSaysDamaged() throws IOException {
    flip(directory.resolve("superblock-a"), 40);
    flip(directory.resolve("superblock-b"), 40);
    assertThat(saidWithBackup(directory))
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
    assertThat(saidWithBackup(directory))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.DAMAGED);
          assertThat(said.err()).contains("superblock-a has format version 99");
        });
  }

  @Test
  void anEmptyDirectoryIsCalledEmpty(@TempDir Path empty) throws IOException {
    assertThat(saidWithBackup(empty))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.FAILED);
          assertThat(said.err()).isEqualTo(empty + " is empty: no data directory\n");
        });
  }

  /// A link to itself stands for a lack of permission, which there is none of for the root user.
  @Test
  void whatMayNotBeLookedAtIsNotCalledDamaged() throws IOException {
    for (String name : List.of("superblock-a", "superblock-b")) {
      Path path = directory.resolve(name);
      Files.delete(path);
      Files.createSymbolicLink(path, path);
    }
    assertThat(saidWithBackup(directory))
        .allSatisfy(said -> {
          assertThat(said.status()).isEqualTo(ExitStatus.FAILED);
          assertThat(said.err()).startsWith("cannot look for: ").doesNotContain("damage");
        });
  }

  @Test
  void damageThatCostsNothingIsOnlyNotedByAll() throws IOException {
    Path journal = files("journal").getLast();
    Path checkpoint = files("checkpoints").getLast();
    Files.delete(directory.resolve("superblock-a"));
    flip(journal, 20);
    flip(checkpoint, 200);
    for (Said said : said(directory)) {
      assertThat(said.status()).as(said.toString()).isEqualTo(ExitStatus.OK);
      assertThat(said.err().lines())
          .hasSize(3)
          .allMatch(line -> line.startsWith("note: "))
          .anyMatch(line -> line.contains("superblock-a is damaged or missing"))
          .anyMatch(line -> line.contains(journal.getFileName() + ": the first page is damaged"))
          .anyMatch(line -> line.contains("checkpoint "));
      assertThat(said.out()).doesNotContain("DAMAGE");
    }
    try (Engine engine = Engine.open(directory, OPTIONS)) {
      assertThat(engine.stats().topics()).isEqualTo(2);
    }
    assertThat(Said.by("verify", directory).err().lines())
        .as("after a start: the next checkpoint replaces the damaged one")
        .allMatch(line -> line.startsWith("note: checkpoint "));
  }

  @Test
  void aDamagedSealOfAPackIsNoReasonToRepair() throws IOException {
    flip(files("packs").getFirst(), 20);
    assertThat(said(directory)).allMatch(said -> said.status() == ExitStatus.OK);
  }

  @Test
  void theRepairThatIsSuggestedForAMissingPackWorks() throws IOException {
    Files.delete(files("packs").getFirst());
    Path cold = Files.createDirectory(target.resolve("cold"));
    Said trial = Said.by("repair", directory, "--missing-is-lost", "--cold-dir", cold);
    assertThat(trial.status()).isEqualTo(ExitStatus.DAMAGED);
    String suggested = trial.out().lines().toList().getLast().replaceFirst(".*: topics ", "");
    assertThat(Said.by((Object[]) suggested.split(" ")).status()).isEqualTo(ExitStatus.OK);
    assertThat(Said.by("verify", directory).status()).isEqualTo(ExitStatus.OK);
  }

  @Test
  void aPackWithSeveralTopicsIsDamagedOnce() throws IOException {
    Path pack = files("packs").getFirst();
    Files.write(pack, new byte[2000]);
    Said said = Said.by("repair", directory);
    assertThat(said.out().lines().filter(line -> line.startsWith("would be lost:"))).hasSize(2);
    assertThat(said.out().lines().filter(line -> line.startsWith("damage:")))
        .containsExactly("damage: pack 1: both seals are damaged");
  }

  @Test
  void whatAServerWouldLogIsNotPrintedByTools() throws IOException {
    Files.write(files("packs").getFirst(), new byte[2000]);
    ByteArrayOutputStream logged = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    try {
      Logs.configure("text", "warn");
      said(directory);
    } finally {
      System.setErr(before);
    }
    assertThat(logged.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void renamingAPackBackMendsWhatSaysSo() throws IOException {
    List<Path> packs = files("packs");
    assertThat(packs).hasSizeGreaterThan(1);
    Path last = packs.getLast();
    byte[] first = Files.readAllBytes(packs.getFirst());
    byte[] other = Files.readAllBytes(last);
    Files.write(packs.getFirst(), other);
    Files.write(last, first);
    assertThat(Said.by("verify", directory).out())
        .contains("; renaming it to packs/" + last.getFileName() + " mends that");
  }
}
