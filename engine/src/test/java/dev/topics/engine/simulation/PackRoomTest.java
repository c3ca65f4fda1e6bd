package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.PackStats;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Packs are merged and rewritten as far as the disk has room for it, and those on another disk
/// only need that disk when they are really read (ADR 0012).
final class PackRoomTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final int FILE_BYTES = 64 << 10;
  private static final int MERGE_PACKS = 8;
  private static final int NO_RUN_IS_SMALL = 1;
  private static final int ALL_RUNS_ARE_SMALL = 70_000;

  private final SimDisk disk = new SimDisk(1).withoutWriteBack();
  private final RemoteDisk cold = new RemoteDisk(new SimDisk(2).withoutWriteBack());
  private final ManualClock clock = new ManualClock();
  private int created;
  private long leastFree = Long.MAX_VALUE;
  private Engine engine;

  private void open(int smallRunBytes, boolean hasCold) throws IOException {
    Disk counting =
        new WrappedDisk(disk) {
          @Override
          public DiskFile create(String name) throws IOException {
            created += name.startsWith("packs/") ? 1 : 0;
            return super.create(name);
          }
        };
    engine =
        Engine.open(
            counting,
            SteppedEngine.options(clock, FILE_BYTES, new SplittableRandom(3))
                .withPacks(
                    PackOptions.defaults()
                        .withOpenFilesMax(1)
                        .withChunks(4000, 20)
                        .withMerges(MERGE_PACKS, smallRunBytes))
                .withCold(hasCold ? ColdDisks.of(cold, 0) : null));
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  /// Another disk, on which nothing works for a while.
  private static final class RemoteDisk extends WrappedDisk {
    private int opened;
    private boolean gone;

    RemoteDisk(Disk disk) {
      super(disk);
    }

    @Override
    public DiskFile openForReading(String name) throws IOException {
      opened++;
      check();
      return super.openForReading(name);
    }

    @Override
    public boolean exists(String name) throws IOException {
      check();
      return super.exists(name);
    }

    private void check() throws IOException {
      if (gone) {
        throw new DiskFailedException("planned");
      }
    }
  }

  private CompletableFuture<AppendResult> tryAppend(String tag, int dataBytes) {
    String record =
        "{\"records\":[{\"data\":\"%s\",\"tag\":\"%s\"}]}".formatted("x".repeat(dataBytes), tag);
    byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    var answer = appender.append(TOPIC, AppendOptions.NONE);
    work(10);
    return answer;
  }

  private void append(String tag, int dataBytes) {
    assertThat(tryAppend(tag, dataBytes).join()).isInstanceOf(AppendResult.Appended.class);
  }

  private void delete(String tag) {
    var answer =
        engine.deleteRecords(
            TOPIC, new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact(tag)));
    work(10);
    assertThat(answer.join()).isInstanceOf(DeleteRecordsResult.Deleted.class);
  }

  /// Appends records of 1 KB, of each ten six with one tag, until there are `packs`.
  private void fillUntil(long packs) {
    for (int i = 0; packs().written() < packs; i++) {
      append(i % 10 < 6 ? "dead" : "live", 1000);
    }
  }

  private PackStats packs() {
    return engine.stats().packs();
  }

  private long packBytes() {
    return SmallStore.files(disk, "packs/").stream().mapToLong(disk::size).sum();
  }

  private void work(long millis) {
    clock.advance(millis);
    while (engine.step() > 0) {
      leastFree = Math.min(leastFree, free());
    }
  }

  private long free() {
    try {
      return disk.freeBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void free(long bytes) {
    disk.capacity(SimDisk.UNLIMITED);
    disk.capacity(SimDisk.UNLIMITED - free() + bytes);
    leastFree = bytes;
  }

  private void settle() {
    for (int i = 0; i < 30; i++) {
      work(10_000);
    }
  }

  /// Settles, and asserts that then nothing is done any more.
  private void assertComesToRest() {
    settle();
    PackStats before = packs();
    int packsBefore = created;
    long frames = engine.stats().journal().frames();
    settle();
    assertThat(packs()).isEqualTo(before);
    assertThat(created).isEqualTo(packsBefore);
    assertThat(engine.stats().journal().frames()).isEqualTo(frames);
  }

  /// There is not room for all that is mostly dead at once, only for a pack or two.
  @Test
  void aFullDiskHasRoomAgainOnceMuchOfEveryPackIsDead() throws IOException {
    open(NO_RUN_IS_SMALL, false);
    fillUntil(20);
    settle();
    free(FILE_BYTES - 1);
    int taken = 0;
    while (tryAppend(taken % 10 < 6 ? "dead" : "live", 1000).join()
        instanceof AppendResult.Appended) {
      assertThat(taken++).isLessThan(1000);
    }
    assertThat(engine.journalState()).isEqualTo(JournalState.DISK_FULL);
    long full = packBytes();
    delete("dead");
    settle();
    free(FILE_BYTES / 2);
    settle();
    assertThat(packBytes()).isLessThan(full / 2);
    append("live", 1000);
  }

  @Test
  void aMergeThatWouldFillTheDiskWaitsUntilThereIsRoom() throws IOException {
    open(ALL_RUNS_ARE_SMALL, false);
    fillUntil(MERGE_PACKS - 1);
    settle();
    free(packBytes() + 3 * FILE_BYTES);
    fillUntil(MERGE_PACKS);
    leastFree = free();
    assertComesToRest();
    assertThat(packs().merged()).isZero();
    assertThat(created).as("none is begun in vain").isEqualTo(MERGE_PACKS);
    assertThat(leastFree).as("for those that append").isGreaterThan(2 * FILE_BYTES);
    free(4 * packBytes());
    work(10_000);
    work(10_000);
    assertThat(packs().merged()).as("though nobody wrote anything").isEqualTo(1);
    assertComesToRest();
  }

  /// One of ten records lives, but is as large as all others together.
  @Test
  void whatTurnsOutTooLargeWhileItIsWrittenIsNotTriedAgainUntilThereIsMoreRoom()
      throws IOException {
    open(NO_RUN_IS_SMALL, false);
    while (packs().written() < 2) {
      for (int i = 0; i < 10; i++) {
        append(i == 0 ? "large" : "small", i == 0 ? 5000 : 1);
      }
    }
    settle();
    assertThat(created).isEqualTo(2);
    long all = packBytes();
    free(all / 4);
    delete("small");
    assertComesToRest();
    assertThat(created).as("each was tried once").isEqualTo(4);
    assertThat(packBytes()).isEqualTo(all);
    free(2 * all + 4 * FILE_BYTES);
    settle();
    assertThat(packs().deleted()).isEqualTo(2);
  }

  @Test
  void aSurveyOpensNoPackOfAnotherDisk() throws IOException {
    open(NO_RUN_IS_SMALL, true);
    fillUntil(10);
    settle();
    assertThat(packs().moved()).isEqualTo(10);
    int before = cold.opened;
    for (int i = 0; i < 10; i++) {
      append("live", 10);
      work(10_000);
    }
    assertThat(cold.opened).isEqualTo(before);
    engine.close();
    open(NO_RUN_IS_SMALL, true);
    settle(); // all is verified once
    before = cold.opened;
    for (int i = 0; i < 10; i++) {
      append("live", 10);
      work(10_000);
    }
    assertThat(cold.opened).as("after a restart").isEqualTo(before);
  }

  @Test
  void packsOnADiskThatIsAwayAreMergedSoonAfterItIsBack() throws IOException {
    open(ALL_RUNS_ARE_SMALL, true);
    fillUntil(MERGE_PACKS - 1);
    settle();
    assertThat(packs().moved()).isEqualTo(MERGE_PACKS - 1);
    cold.gone = true;
    fillUntil(MERGE_PACKS);
    settle();
    assertThat(packs().merged()).isZero();
    assertThat(packs().setAside()).as("none but the one that is to be moved").isEqualTo(1);
    cold.gone = false;
    append("live", 10);
    work(10_000);
    work(10_000);
    assertThat(packs().merged()).isEqualTo(1);
  }
}
