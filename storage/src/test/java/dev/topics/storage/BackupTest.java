package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.checkpoint.CheckpointWriter;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A backup taken while the store is written has everything that was there before, and nothing that
/// never was.
final class BackupTest {
  private static final StoreOptions SMALL = StoreOptions.defaults().withJournalFileBytes(8 << 10);
  private static final int TRIALS = Integer.getInteger("topics.trials", 4000) / 20;

  @TempDir private Path directory;

  private static void append(Store store, int number, int padding) throws IOException {
    StoreTest.append(store.journal(), "frame " + number + " ".repeat(padding));
    if (store.journal().spareMaker().step() > 0) {
      assertThat(store.journal().flusher().step()).isNotNegative();
    }
  }

  /// The frames of a store, whose numbers are their lsns.
  private static List<String> replay(Disk disk) throws IOException {
    List<String> frames = new ArrayList<>();
    try (Store store =
        Store.open(disk, SMALL, frame -> frames.add(text(StorageOracle.payload(frame))))) {
      long lastLsn = store.journal().lastLsn();
      for (int i = 0; i < frames.size(); i++) {
        assertThat(frames.get(i)).isEqualTo("frame " + (lastLsn - frames.size() + 1 + i));
      }
    }
    return frames;
  }

  private static long lastOf(Disk disk) throws IOException {
    assertThat(replay(disk)).isNotNull();
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      return store.journal().lastLsn();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  @Test
  void aBackupOfABusyStoreIsAPrefixWithEverythingFromBeforeItsStart() throws IOException {
    for (long seed = 1; seed <= TRIALS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimDisk disk = new SimDisk(seed);
      SimDisk target = new SimDisk(seed + 1);
      int before = random.nextInt(60);
      try (Store store = Store.open(disk, SMALL, frame -> {})) {
        for (int i = 1; i <= before; i++) {
          append(store, i, random.nextInt(900));
        }
        BusyDisk busy = new BusyDisk(disk, store, before, random);
        Backup.Report report = Backup.copy(busy, target, BackupTest::noTopics);
        assertThat(report.journal().isSound()).isTrue();
        long last = lastOf(target.crash(Crash.POWER));
        assertThat(last).as("seed %d", seed).isBetween((long) before, (long) busy.appended);
      }
    }
  }

  @Test
  void packsAndCheckpointsAreLinkedWhereThatIsPossible() throws IOException {
    Path from = directory.resolve("from");
    Path to = directory.resolve("to");
    try (FileDisk source = FileDisk.open(from);
        FileDisk target = FileDisk.open(to)) {
      try (Store store = Store.open(source, SMALL, frame -> {})) {
        append(store, 1, 10);
        Checkpoints checkpoints = Checkpoints.open(source, store.storeId());
        try (CheckpointWriter writer = checkpoints.begin(1, store.journal().endOfLog())) {
          writer.add(MemorySegment.ofArray(new byte[100]));
          writer.finish();
        }
        Backup.Report report = Backup.copy(source, target, BackupTest::noTopics);
        assertThat(report.linkedFiles()).isEqualTo(1);
        assertThat(report.files().checkpoints()).hasSize(1);
        assertThat(report.copiedBytes()).isGreaterThanOrEqualTo(8 << 10);
      }
      String name = "checkpoints/0000000001.checkpoint";
      assertThat(Files.getAttribute(to.resolve(name), "unix:nlink")).isEqualTo(2);
      assertThat(replay(target)).containsExactly("frame 1");
    }
  }

  @Test
  void aCopyThatItsOwnerFindsFaultWithIsNotKept() throws IOException {
    SimDisk disk = new SimDisk(1);
    SimDisk target = new SimDisk(2);
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      append(store, 1, 0);
      List<String> faults = new ArrayList<>(List.of("it is wrong"));
      Backup.Check once =
          copy -> new Owner(faults.isEmpty() ? List.of() : List.of(faults.removeFirst()), Map.of());
      assertThat(Backup.copy(disk, target, once).journal().isSound()).isTrue();
      assertThat(faults).as("it was tried again").isEmpty();
      SimDisk other = new SimDisk(3);
      Owner strict = new Owner(List.of("it is wrong"), Map.of());
      assertThatThrownBy(() -> Backup.copy(disk, other, copy -> strict))
          .isInstanceOf(DiskFailedException.class)
          .hasMessageContaining("it is wrong");
      assertThat(other.files()).isEmpty();
    }
  }

  @Test
  void aCopyThatLacksAPackIsNotKept() throws IOException {
    SimDisk disk = new SimDisk(1);
    assertThat(replay(disk)).isEmpty();
    SimDisk target = new SimDisk(2);
    Owner owner =
        new Owner(List.of(), Map.of(7L, List.of(new PackedRun(7, 0, 3, 1, 9, 9, 90, 90, 1, 1))));
    assertThatThrownBy(() -> Backup.copy(disk, target, copy -> owner))
        .isInstanceOf(DiskFailedException.class)
        .hasMessageContaining("pack 7, topic 3, seqs 1 to 9: the file is missing");
    assertThat(target.files()).isEmpty();
  }

  @Test
  void aDirectoryWithAnythingInItIsNoTarget() throws IOException {
    SimDisk disk = new SimDisk(1);
    assertThat(replay(disk)).isEmpty();
    assertThatThrownBy(() -> Backup.copy(disk, disk.copy(), BackupTest::noTopics))
        .isInstanceOf(DirectoryNotEmptyException.class)
        .hasMessage("sim");
  }

  @Test
  void aDamagedStoreIsNotBackedUpSilently() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      for (int i = 1; i <= 20; i++) {
        append(store, i, 500);
      }
    }
    disk.flip("journal/0000000001.journal", 4096 + 70, 1);
    SimDisk target = new SimDisk(2);
    assertThatThrownBy(() -> Backup.copy(disk, target, BackupTest::noTopics))
        .isInstanceOf(DiskFailedException.class)
        .hasMessageContaining("the copy is not sound: journal/0000000001.journal");
    assertThat(target.files()).isEmpty();
  }

  @Test
  void whatWentAwayMeanwhileMakesItBeginAgain() throws IOException {
    SimDisk disk = new SimDisk(1);
    assertThat(replay(disk)).isEmpty();
    disk.makeDirectory("packs");
    write(disk, "packs/0000000001.pack", 100);
    List<String> read = new ArrayList<>();
    Disk vanishing =
        new WrappedDisk(disk) {
          private int lists;

          @Override
          public DiskFile openForReading(String name) throws IOException {
            read.add(name);
            return super.openForReading(name);
          }

          @Override
          public List<String> list(String of) throws IOException {
            boolean lie = of.equals("checkpoints") && lists++ < 2;
            return lie ? List.of("0000000001.checkpoint") : super.list(of);
          }
        };
    assertThat(Backup.copy(vanishing, new SimDisk(2), BackupTest::noTopics).journal().isSound())
        .isTrue();
    assertThat(read)
        .as("attempts")
        .filteredOn("checkpoints/0000000001.checkpoint"::equals)
        .hasSize(2);
    assertThat(read).as("packs are kept").containsOnlyOnce("packs/0000000001.pack");
  }

  private static void write(Disk disk, String name, int bytes) throws IOException {
    try (DiskFile file = disk.create(name)) {
      file.writeFully(MemorySegment.ofArray(new byte[bytes]), 0);
    }
  }

  /// Each pack that is copied is replaced by another one, a while long.
  @Test
  void packsAreCollectedBeforeAnythingThatHasToBeOfOneMoment() throws IOException {
    SimDisk disk = new SimDisk(1);
    assertThat(replay(disk)).isEmpty();
    disk.makeDirectory("packs");
    write(disk, "packs/0000000001.pack", 64 << 10);
    List<String> read = new ArrayList<>();
    Disk merging =
        new WrappedDisk(disk) {
          private int pack = 1;

          @Override
          public DiskFile openForReading(String name) throws IOException {
            read.add(name);
            DiskFile opened = super.openForReading(name);
            if (name.startsWith("packs/") && pack < 8) {
              pack++;
              write(disk, "packs/000000000" + pack + ".pack", 64 << 10);
              delete(name);
            }
            return opened;
          }
        };
    SimDisk target = new SimDisk(2);
    Backup.copy(merging, target, BackupTest::noTopics);
    List<String> after = read.subList(read.lastIndexOf("packs/0000000008.pack"), read.size());
    assertThat(after.stream().filter(name -> name.startsWith("superblock")))
        .as("one attempt was enough, after all packs had come")
        .containsExactly("superblock-a", "superblock-b");
    assertThat(target.files()).as("what nobody needs").noneMatch(name -> name.startsWith("packs"));
  }

  private static FrameVerifier noTopics(Disk copy) {
    assertThat(copy).isNotNull();
    return new Owner(List.of(), Map.of());
  }

  /// Whoever the frames belong to.
  private record Owner(List<String> findings, Map<Long, List<PackedRun>> packedRuns)
      implements FrameVerifier {
    @Override
    public String describe(long owner) {
      return "topic " + owner;
    }

    @Override
    public void frame(Frame frame) {
      assertThat(frame.lsn()).isPositive();
    }
  }

  /// Appends to the store while it is read.
  private static final class BusyDisk extends WrappedDisk {
    private final Store store;
    private final SplittableRandom random;
    private int appended;
    private boolean inside;
    private int releases = 2;

    BusyDisk(Disk disk, Store store, int appended, SplittableRandom random) {
      super(disk);
      this.store = store;
      this.appended = appended;
      this.random = random;
    }

    private void work() throws IOException {
      if (inside) {
        return;
      }
      inside = true;
      Journal journal = store.journal();
      for (int i = random.nextInt(6); i > 0; i--) {
        append(store, ++appended, random.nextInt(900));
      }
      if (random.nextInt(3) == 0) {
        journal.requestSync(journal.lastLsn());
        journal.flusher().step();
      }
      if (releases > 0 && random.nextInt(15) == 0) {
        releases--;
        store.releaseBelow(Long.MAX_VALUE);
      }
      inside = false;
    }

    @Override
    public List<String> list(String of) throws IOException {
      work();
      return super.list(of);
    }

    @Override
    public DiskFile openForReading(String name) throws IOException {
      work();
      DiskFile file = super.openForReading(name);
      return new WrappedFile(file) {
        @Override
        public long read(MemorySegment into, long offset) throws IOException {
          long size = Math.min(into.byteSize(), 1 + random.nextInt(2000));
          long bytes = super.read(into.asSlice(0, size), offset);
          work();
          return bytes;
        }
      };
    }
  }
}
