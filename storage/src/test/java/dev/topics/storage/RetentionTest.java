package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.journal.DamagedException;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameDamagedException;
import dev.topics.storage.journal.FrameReader;
import dev.topics.storage.journal.FrameReleasedException;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.SealedFile;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that nobody needs leave the journal; the others are read, and recovered from the middle.
final class RetentionTest {
  private static final StoreOptions SMALL = StoreOptions.defaults().withJournalFileBytes(8 << 10);
  private static final int FRAMES = 40;

  private final List<Long> positions = new ArrayList<>();

  @Test
  void sealedFilesTellTheirFramesAndReplayThem() throws IOException {
    try (Store store = filled(new SimDisk(1))) {
      Journal journal = store.journal();
      long next = 1;
      for (SealedFile file : journal.sealedFiles()) {
        assertThat(file.firstLsn()).isEqualTo(next);
        List<Long> lsns = new ArrayList<>();
        journal.replay(file.sequence(), frame -> lsns.add(frame.lsn()));
        assertThat(lsns).isEqualTo(range(file.firstLsn(), file.lastLsn()));
        next = file.lastLsn() + 1;
      }
      assertThat(next).isGreaterThan(FRAMES / 2);
      long current = journal.endOfLog().sequence();
      assertThatThrownBy(() -> journal.replay(current, frame -> {}))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aFileThatIsNotDurableIsNotSealedAndNotReleased() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      append(store, FRAMES);
      assertThat(store.journal().sealedFiles()).isEmpty();
      store.releaseBelow(store.journal().endOfLog().sequence());
      assertThat(store.journal().newReader().read(positions.getFirst()).lsn()).isEqualTo(1);
    }
  }

  @Test
  void aReleasedFrameIsToldFromADamagedOneAndItsBytesAreNeverWrong() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = filled(disk)) {
      FrameReader reader = store.journal().newReader();
      Frame inHand = reader.read(positions.getFirst());
      store.releaseBelow(2);
      assertThatThrownBy(inHand::lsn).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> reader.read(positions.getFirst()))
          .isInstanceOf(FrameReleasedException.class)
          .hasMessageContaining("0000000001.journal");
      assertThatThrownBy(() -> store.journal().newReader().read(positions.getFirst()))
          .isInstanceOf(FrameReleasedException.class);
      assertThatThrownBy(() -> store.journal().replay(1, frame -> {}))
          .isInstanceOf(FrameReleasedException.class);
      assertThat(reader.isReleased(positions.getFirst())).isTrue();
      assertThat(reader.isReleased(positions.getLast())).isFalse();
      assertThat(reader.read(positions.getLast()).lsn()).isEqualTo(FRAMES);
    }
  }

  @Test
  void replayNamesTheDamagedFrame() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = filled(disk)) {
      disk.flip("journal/0000000002.journal", 4096 + 70, 1);
      assertThatThrownBy(() -> store.journal().replay(2, frame -> {}))
          .isInstanceOfSatisfying(
              FrameDamagedException.class, e -> assertThat(e.offset()).isEqualTo(4096));
    }
  }

  @Test
  void recoveryStartsAtACheckpointAndReadsWhatLiesBeforeIt() throws IOException {
    SimDisk disk = new SimDisk(1);
    Store store = filled(disk);
    LogStart start = store.journal().endOfLog();
    append(store, 10);
    store.journal().requestSync(store.journal().lastLsn());
    store.journal().flusher().step();
    store.releaseBelow(2);
    SimDisk after = disk.crash(Crash.POWER);
    List<Long> lsns = new ArrayList<>();
    try (Store again = Store.open(after, SMALL, _ -> start, frame -> lsns.add(frame.lsn()))) {
      assertThat(lsns).isEqualTo(range(FRAMES + 1, FRAMES + 10));
      assertThat(again.journal().sealedFiles().getFirst().sequence()).isEqualTo(2);
      FrameReader reader = again.journal().newReader();
      for (int i = 0; i < positions.size(); i++) {
        if (!reader.isReleased(positions.get(i))) {
          assertThat(reader.read(positions.get(i)).lsn()).isEqualTo(i + 1);
        }
      }
      assertThat(after.files()).doesNotContain("journal/0000000001.journal");
    }
  }

  @Test
  void aMissingFileIsNamedUnlessItWasReleased() throws IOException {
    SimDisk disk = new SimDisk(1);
    Store store = filled(disk);
    LogStart start = store.journal().endOfLog();
    store.releaseBelow(3);
    store.close();
    SimDisk withoutOldest = disk.copy();
    withoutOldest.lose("journal/0000000003.journal");
    assertThatThrownBy(() -> Store.open(withoutOldest, SMALL, _ -> start, frame -> {}))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("0000000003.journal");
    LogStart released = new LogStart(0, 0, 1, 4096);
    assertThatThrownBy(() -> Store.open(disk, SMALL, _ -> released, frame -> {}))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("0000000001.journal");
  }

  @Test
  void aReleasedFileIsUsedAgainAndNothingThatWasInItIsFound() throws IOException {
    SimDisk disk = new SimDisk(1);
    Store store = filled(disk);
    byte[] before = disk.bytes("journal/0000000001.journal");
    store.releaseBelow(store.journal().endOfLog().sequence());
    long next = store.journal().endOfLog().sequence() + 1;
    while (store.journal().spareMaker().step() > 0) {
      assertThat(store.journal().state()).isEqualTo(JournalState.RUNNING);
    }
    assertThat(disk.files()).doesNotContain("journal/0000000001.journal");
    byte[] recycled = disk.bytes("journal/%010d.journal".formatted(next));
    int stale = 4096 + 64;
    assertThat(recycled).hasSize(before.length);
    assertThat(Arrays.copyOfRange(recycled, stale, recycled.length)).isNotEqualTo(new byte[4032]);
    append(store, 20);
    List<Long> lsns = new ArrayList<>();
    try (Store again =
        Store.open(disk.crash(Crash.PROCESS), SMALL, frame -> lsns.add(frame.lsn()))) {
      assertThat(again.journal().lastLsn()).isEqualTo(FRAMES + 20);
      assertThat(lsns).isEqualTo(range(lsns.getFirst(), FRAMES + 20));
    }
  }

  @Test
  void noMoreFilesWaitToBeUsedAgainThanAFew() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = filled(disk)) {
      long files = disk.files().size();
      store.releaseBelow(store.journal().endOfLog().sequence());
      while (store.journal().spareMaker().step() > 0) {
        assertThat(store.journal().state()).isEqualTo(JournalState.RUNNING);
      }
      List<String> journal =
          disk.files().stream().filter(name -> name.startsWith("journal/")).toList();
      assertThat(files).isGreaterThanOrEqualTo(8);
      assertThat(journal).hasSizeLessThanOrEqualTo(4);
    }
  }

  @Test
  void aFullDiskIsServedFromReleasedFiles() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = filled(disk)) {
      disk.capacity(disk.files().stream().mapToLong(disk::size).sum());
      store.releaseBelow(store.journal().endOfLog().sequence());
      append(store, FRAMES / 2);
      assertThat(store.journal().state()).isEqualTo(JournalState.RUNNING);
    }
  }

  @Test
  void readersBesideReleasesSeeTheRightBytesOrThatTheyWereReleased(@TempDir Path directory)
      throws Exception {
    StoreOptions options = StoreOptions.defaults().withJournalFileBytes(64 << 10);
    AtomicLongArray shared = new AtomicLongArray(20_000);
    AtomicLong written = new AtomicLong();
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, options, frame -> {});
        ExecutorService threads = Executors.newFixedThreadPool(2)) {
      store.start(Thread::new);
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(threads.submit(() -> readAll(store.journal(), shared, written)));
      }
      for (int i = 0; i < shared.length(); i++) {
        StoreTest.append(store.journal(), "frame " + (i + 1) + " ".repeat(300));
        shared.set(i, store.journal().position());
        written.set(i + 1);
        if (i % 500 == 499) {
          store.journal().requestSync(i + 1);
          store.releaseBelow(store.journal().endOfLog().sequence());
        }
      }
      for (Future<Long> reader : readers) {
        assertThat(reader.get(5, TimeUnit.MINUTES)).isPositive();
      }
      assertThat(store.journal().state()).isEqualTo(JournalState.RUNNING);
    }
  }

  /// Reads the newest frames and some before them until the last is written; returns how many.
  private static long readAll(Journal journal, AtomicLongArray shared, AtomicLong written)
      throws FrameDamagedException {
    FrameReader reader = journal.newReader();
    SplittableRandom random = new SplittableRandom(7);
    long read = 0;
    long last = 0;
    while (last < shared.length()) {
      last = written.get();
      int lsn = (int) Math.max(1, last - random.nextInt(2000));
      if (last == 0) {
        continue;
      }
      long position = shared.get(lsn - 1);
      try {
        String text = StoreTest.text(reader.read(position));
        assertThat(text).startsWith("frame " + lsn + " ");
        read++;
      } catch (IllegalStateException e) {
        assertThat(reader.isReleased(position)).isTrue();
      }
    }
    return read;
  }

  private Store filled(SimDisk disk) throws IOException {
    Store store = Store.open(disk, SMALL, frame -> {});
    append(store, FRAMES);
    store.journal().requestSync(FRAMES);
    assertThat(store.journal().flusher().step()).isPositive();
    return store;
  }

  private void append(Store store, int frames) throws IOException {
    for (int i = 0; i < frames; i++) {
      StoreTest.append(store.journal(), "frame" + " ".repeat(500));
      positions.add(store.journal().position());
    }
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }
}
