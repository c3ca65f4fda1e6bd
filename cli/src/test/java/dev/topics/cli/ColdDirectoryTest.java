package dev.topics.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.ColdStorage;
import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.disk.FileDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Commands for a data directory from which old packs were moved to another one.
final class ColdDirectoryTest {
  private static final TopicName TOPIC = new TopicName("logs");
  private static final int RECORDS = 3000;

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path data = Path.of("");
  private Path cold = Path.of("");
  private long nanos;

  @BeforeEach
  void moveMostRecords() throws IOException {
    data = directory.resolve("data");
    cold = Files.createDirectory(directory.resolve("cold"));
    try (Engine engine = open()) {
      append(engine);
      while (engine.stats().packs().moved() == 0) {
        nanos += 1_000_000_000L;
        work(engine);
      }
    }
    assertThat(packs(cold)).isNotEmpty();
  }

  private Engine open() throws IOException {
    EngineOptions options = EngineOptions.defaults();
    return Engine.open(
        data,
        options
            .withStore(options.store().withJournalFileBytes(16 << 10))
            .withCold(new ColdStorage(FileDisk.at(cold), 0, UUID.randomUUID()))
            .withClock(
                new EngineClock() {
                  @Override
                  public long wallMillis() {
                    return nanos / 1_000_000;
                  }

                  @Override
                  public long nanos() {
                    return nanos;
                  }
                })
            .withBackground(false));
  }

  private static void append(Engine engine) {
    byte[] body = "{\"records\":[{\"data\":\"a record\"}]}".getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    for (int i = 0; i < RECORDS; i++) {
      appender.body().decode(body, 0, body.length);
      var answer = appender.append(TOPIC, AppendOptions.NONE);
      work(engine);
      answer.join();
    }
  }

  private static void work(Engine engine) {
    long did = engine.step();
    while (did > 0) {
      did = engine.step();
    }
  }

  private void settle(Engine engine) {
    for (int i = 0; i < 100; i++) {
      nanos += 1_000_000_000L;
      work(engine);
    }
  }

  /// The packs in a directory, with a hash of what is in them.
  private static Map<Path, Integer> packs(Path of) throws IOException {
    try (Stream<Path> files = Files.list(of.resolve("packs"))) {
      Map<Path, Integer> hashes = new TreeMap<>();
      for (Path file : files.toList()) {
        hashes.put(file.getFileName(), Arrays.hashCode(Files.readAllBytes(file)));
      }
      return hashes;
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

  private String coldOption() {
    return "--cold-dir=" + cold;
  }

  @Test
  void verifyAndDumpFindWhatWasMoved() {
    assertThat(topics("verify", data.toString())).isEqualTo(ExitStatus.DAMAGED);
    assertThat(topics("verify", data.toString(), coldOption())).isEqualTo(ExitStatus.OK);
    assertThat(topics("dump", data.toString(), coldOption())).isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines()).hasSize(RECORDS);
    assertThat(topics("verify", data.toString(), "--cold-dir=" + directory.resolve("no")))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains("there is no directory");
  }

  @Test
  void whatIsLeftOfACopyHidesNothing() throws IOException {
    Path name = packs(cold).keySet().iterator().next();
    byte[] pack = Files.readAllBytes(cold.resolve("packs").resolve(name));
    Files.write(data.resolve("packs").resolve(name), Arrays.copyOf(pack, pack.length / 2));
    assertThat(topics("verify", data.toString(), coldOption())).isEqualTo(ExitStatus.OK);
    assertThat(topics("repair", data.toString(), coldOption())).isEqualTo(ExitStatus.OK);
    Path copy = directory.resolve("copy");
    assertThat(topics("backup", copy.toString(), "--data-dir=" + data, coldOption()))
        .isEqualTo(ExitStatus.OK);
    assertThat(topics("verify", copy.toString())).isEqualTo(ExitStatus.OK);
  }

  @Test
  void aBackupHoldsWhatWasMoved() throws IOException {
    Path copy = directory.resolve("copy");
    assertThat(topics("backup", copy.toString(), "--data-dir=" + data, coldOption()))
        .isEqualTo(ExitStatus.OK);
    assertThat(packs(copy)).containsAllEntriesOf(packs(cold));
    assertThat(topics("verify", copy.toString())).isEqualTo(ExitStatus.OK);
    assertThat(topics("dump", copy.toString())).isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines()).hasSize(RECORDS);
  }

  @Test
  void packsThatAreElsewhereAreNotGivenUpUnlessSomebodySaysThatTheyAreLost() throws IOException {
    assertThat(topics("repair", "--accept-loss", data.toString())).isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString()).contains("not there: packs/", "--cold-dir DIR", "--missing-is-lost");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(topics("repair", "--accept-loss", data.toString(), "--cold-dir=" + empty))
        .isEqualTo(ExitStatus.FAILED);
    assertThat(err.toString())
        .contains("not there: packs/", "mounted, and is it the right", "--missing-is-lost");
    assertThat(topics("verify", data.toString(), coldOption())).isEqualTo(ExitStatus.OK);
    assertThat(topics("repair", "--accept-loss", data.toString(), coldOption()))
        .isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).contains("nothing is damaged");

    assertThat(
            topics(
                "repair",
                "--accept-loss",
                "--missing-is-lost",
                data.toString(),
                "--cold-dir=" + empty))
        .isEqualTo(ExitStatus.OK);
    assertThat(out.toString()).contains("lost: topic \"logs\", records 1 to ");
    assertThat(topics("verify", data.toString())).isEqualTo(ExitStatus.OK);
  }

  @Test
  void damageInTheColdDirectoryIsRepairedInTheDataDirectory() throws IOException {
    Path pack = cold.resolve("packs").resolve(packs(cold).keySet().iterator().next());
    try (FileChannel file = FileChannel.open(pack, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {'?'}), 700);
    }
    Map<Path, Integer> before = packs(cold);
    assertThat(topics("verify", data.toString(), coldOption())).isEqualTo(ExitStatus.DAMAGED);
    assertThat(topics("repair", "--accept-loss", data.toString(), coldOption()))
        .isEqualTo(ExitStatus.OK);
    assertThat(out.toString().lines().filter(line -> line.startsWith("lost:"))).hasSize(1);
    assertThat(topics("verify", data.toString(), coldOption())).isEqualTo(ExitStatus.OK);
    assertThat(packs(cold)).isEqualTo(before);
    assertThat(topics("dump", data.toString(), coldOption())).isEqualTo(ExitStatus.DAMAGED);
    assertThat(out.toString().lines().count()).isBetween(RECORDS / 2L, RECORDS - 1L);
  }

  @Test
  void whatLiesThereComesBackWithTheDirectoryWithoutARestart() throws IOException {
    Path away = directory.resolve("away");
    Files.move(cold, away);
    try (Engine engine = open()) {
      assertThat(read(engine)).isInstanceOf(Refusal.DataCorrupt.class);
      Files.move(away, cold);
      assertThat(read(engine)).isInstanceOf(DiffResult.Page.class);
    }
  }

  private static DiffResult read(Engine engine) {
    RecordSink nowhere =
        new RecordSink() {
          @Override
          public void write(MemorySegment source, long offset, int length) {}

          @Override
          public void write(byte[] source, int offset, int length) {}
        };
    return engine
        .newReader()
        .diff(TOPIC, new DiffQuery(0, 10, NodeFilter.NONE, false, false, true, 0), nowhere);
  }

  @Test
  void aServerOnARestoredBackupLeavesThePacksOfTheOriginalAlone() throws IOException {
    Path original = data;
    Path copy = directory.resolve("copy");
    assertThat(topics("backup", copy.toString(), "--data-dir=" + data, coldOption()))
        .isEqualTo(ExitStatus.OK);
    assertThat(copy.resolve("cold-owner")).doesNotExist();
    Map<Path, Integer> before = packs(cold);
    data = copy;
    try (Engine engine = open()) {
      append(engine);
      settle(engine);
      assertThat(engine.stats().packs().moved()).isZero();
      assertThat(read(engine)).isInstanceOf(DiffResult.Page.class);
      data = original;
      open().close();
    }
    assertThat(packs(cold)).isEqualTo(before);
    assertThat(topics("verify", original.toString(), coldOption())).isEqualTo(ExitStatus.OK);
    try (Engine engine = open()) {
      assertThat(topics("verify", copy.toString(), coldOption())).isEqualTo(ExitStatus.OK);
      append(engine);
      settle(engine);
      assertThat(engine.stats().packs().moved()).isPositive();
    }
  }

  @Test
  void aColdDirectoryThatAnotherStoreUsesIsLeftAlone() throws IOException {
    Path foreign = cold.resolve("packs").resolve(packs(cold).keySet().iterator().next());
    for (int pack = 1; pack < 100; pack++) {
      Path name = foreign.resolveSibling("%010d.pack".formatted(pack));
      if (!Files.exists(name)) {
        Files.copy(foreign, name);
      }
    }
    Map<Path, Integer> before = packs(cold);
    data = directory.resolve("other");
    try (Engine engine = open()) {
      append(engine);
      settle(engine);
      assertThat(engine.stats().packs().moved()).isZero();
      assertThat(read(engine)).isInstanceOf(DiffResult.Page.class);
    }
    assertThat(packs(cold)).isEqualTo(before);
    assertThat(packs(data)).isNotEmpty();
  }
}
