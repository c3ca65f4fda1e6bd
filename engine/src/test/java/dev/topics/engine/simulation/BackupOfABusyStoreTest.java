package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.Verification;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.Backup;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A backup that has to copy packs, of a store that does not wait for it: while one is copied,
/// packs are merged away and files of the journal are freed.
final class BackupOfABusyStoreTest {
  private static final TopicName TOPIC = new TopicName("t");

  /// More than a backup has attempts.
  private static final int TURNS = 12;

  private static final int STEPS_MAX = 10_000;

  private final SimDisk disk = new SimDisk(1);
  private final ManualClock clock = new ManualClock();
  private Engine engine;
  private long appended;
  private int turns;

  @BeforeEach
  void write() throws IOException {
    engine = Engine.open(disk, options());
    while (engine.stats().packs().written() < 6) {
      append();
    }
    assertThat(SmallStore.files(disk, "packs/")).hasSizeGreaterThan(3);
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  private EngineOptions options() {
    return SteppedEngine.options(clock, 16 << 10, new SplittableRandom(3))
        .withPacks(PackOptions.defaults().withMerges(2, 100_000));
  }

  private void append() {
    String record = "{\"records\":[{\"data\":\"%s\"}]}".formatted("x".repeat(500));
    byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    appender.body().decode(bytes, 0, bytes.length);
    var answer = appender.append(TOPIC, AppendOptions.NONE);
    work(10);
    assertThat(answer.join()).isInstanceOf(AppendResult.Appended.class);
    appended++;
  }

  private void work(long millis) {
    clock.advance(millis);
    int steps = 0;
    while (engine.step() > 0) {
      assertThat(steps++).as("steps at a time").isLessThan(STEPS_MAX);
    }
  }

  /// Writes until packs are merged away, and all journal files freed that there are now.
  private void goOn() {
    List<String> packs = SmallStore.files(disk, "packs/");
    String newest = SmallStore.files(disk, "journal/").getLast();
    for (int i = 0; disk.files().contains(newest) || disk.files().containsAll(packs); i++) {
      assertThat(i).as("appends of a turn").isLessThan(1000);
      append();
      work(6000);
    }
  }

  @Test
  void succeedsThoughPacksAndJournalFilesGoAwayWhileAPackIsCopied() throws IOException {
    SimDisk copy = new SimDisk(2);
    Disk slow =
        new WrappedDisk(copy) {
          @Override
          public DiskFile create(String name) throws IOException {
            if (name.startsWith("packs/") && turns < TURNS) {
              turns++;
              goOn();
            }
            return super.create(name);
          }
        };
    long before = appended;
    Backup.Report report = Backup.copy(disk, slow, Verification::frames);
    assertThat(turns).isEqualTo(TURNS);
    assertThat(report.journal().isSound()).isTrue();
    assertThat(SmallStore.files(copy, "packs/"))
        .as("what nobody needs is not kept")
        .hasSize(report.files().packs().size());
    assertThat(Verification.of(copy).isSound()).isTrue();
    assertThat(records(copy.crash(Crash.POWER))).isBetween(before, appended);
  }

  @Test
  void aPackWhoseCopyIsDamagedIsCopiedAgainAlone() throws IOException {
    SimDisk copy = new SimDisk(2);
    List<String> packs = SmallStore.files(disk, "packs/");
    List<String> created = new ArrayList<>();
    Disk careless =
        new WrappedDisk(copy) {
          @Override
          public DiskFile create(String name) throws IOException {
            if (name.startsWith("packs/")) {
              created.add(name);
            } else if (created.size() == packs.size()) {
              copy.flip(packs.getLast(), 600, 1);
              created.add("damage");
            }
            return super.create(name);
          }
        };
    Backup.copy(disk, careless, Verification::frames);
    List<String> expected = new ArrayList<>(packs);
    expected.add("damage");
    expected.add(packs.getLast());
    assertThat(created).isEqualTo(expected);
    assertThat(Verification.of(copy).isSound()).isTrue();
  }

  /// How many records there are; none is missing before the last one.
  private long records(Disk of) throws IOException {
    try (Engine restored = Engine.open(of, options())) {
      long records = 0;
      DiffQuery query = new DiffQuery(0, 1000, NodeFilter.NONE, false, true, true, 0);
      for (boolean more = true; more; ) {
        var page = (DiffResult.Page) restored.newReader().diff(TOPIC, query, new CollectingSink());
        records += page.records();
        if (page.tombstone() == null) {
          assertThat(page.nextFromSeq()).isEqualTo(records);
        } else {
          assertThat(page.tombstone().reason()).isEqualTo(LossReason.RESTART);
          assertThat(page.tombstone().gapFrom()).isEqualTo(records + 1);
        }
        query = query.from(page.nextFromSeq());
        more = !page.caughtUp();
      }
      return records;
    }
  }
}
