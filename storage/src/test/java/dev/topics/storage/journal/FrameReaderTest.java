package dev.topics.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.topics.storage.Store;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FrameReaderTest {
  private static final StoreOptions SMALL = StoreOptions.defaults().withJournalFileBytes(8 << 10);
  private static final byte[] PAYLOAD = new byte[100];

  @TempDir private Path directory;

  @Test
  void aFlippedBitIsNeverServed() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      long position = append(store.journal());
      FrameReader reader = store.journal().newReader();
      for (int at = 0; at < FrameHeader.BYTES + PAYLOAD.length; at++) {
        disk.flip(JournalFile.name(1), 4096 + at, 1 << (at % 8));
        int flipped = at;
        assertThatThrownBy(() -> reader.read(position))
            .isInstanceOfSatisfying(
                FrameDamagedException.class,
                e -> {
                  assertThat(e.position()).isEqualTo(position);
                  assertThat(e.file()).isEqualTo("journal/0000000001.journal");
                  assertThat(e.offset()).isEqualTo(4096);
                  assertThat(e.lengthBytes()).isEqualTo(flipped >= 4 && flipped < 64 ? 64 : 164);
                });
        disk.flip(JournalFile.name(1), 4096 + at, 1 << (at % 8));
      }
      assertThat(reader.read(position).lsn()).isEqualTo(1);
    }
  }

  @Test
  void aFrameInThePlaceOfAnotherIsNotServed() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      long first = append(store.journal());
      long second = append(store.journal());
      byte[] file = disk.bytes(JournalFile.name(1));
      int bytes = (int) (second - first);
      byte[] frame = new byte[bytes];
      System.arraycopy(file, (int) JournalPosition.offset(first), frame, 0, bytes);
      disk.overwrite(JournalFile.name(1), JournalPosition.offset(second), frame);
      FrameReader reader = store.journal().newReader();
      assertThat(reader.read(first).lsn()).isEqualTo(1);
      assertThatThrownBy(() -> reader.read(second))
          .isInstanceOf(FrameDamagedException.class)
          .hasMessageContaining("a frame of another place or store");
    }
  }

  @Test
  void aPositionWithoutAFrameIsNamed() throws IOException {
    try (Store store = Store.open(new SimDisk(1), SMALL, frame -> {})) {
      long position = append(store.journal());
      FrameReader reader = store.journal().newReader();
      long[] wrong = {0, position + 8, position + 3, position + 164 + 4, 99L << 32 | 4096};
      for (long other : wrong) {
        assertThatThrownBy(() -> reader.read(other)).isInstanceOf(FrameDamagedException.class);
      }
    }
  }

  @Test
  void aPageThatCannotBeReadIsDamageAndNotACrash() throws IOException {
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, SMALL.withJournalFileBytes(1 << 20), frame -> {})) {
      List<Long> positions = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        positions.add(append(store.journal()));
      }
      FrameReader reader = store.journal().newReader();
      for (long position : positions) {
        assertThat(reader.read(position).payloadBytes()).isEqualTo(PAYLOAD.length);
      }
      cut(directory.resolve(JournalFile.name(1)), 128 << 10);
      assertThat(countDamaged(reader, positions)).isBetween(1000, 1500);
      cut(directory.resolve(JournalFile.name(1)), 1 << 20);
    }
  }

  @Test
  void whoReadsOnLoadsAheadAndWhoComesFromElsewhereALittle() throws IOException {
    LoadingDisk disk = new LoadingDisk();
    try (Store store = Store.open(disk, SMALL.withJournalFileBytes(1 << 20), frame -> {})) {
      List<Long> positions = appendMany(store.journal());
      FrameReader reader = store.journal().newReader();
      disk.loaded.clear();
      for (int i = positions.size() - 1; i > 0; i -= 1000) {
        assertThat(reader.read(positions.get(i)).payloadBytes()).isEqualTo(PAYLOAD.length);
      }
      assertThat(disk.loaded).hasSize(4).containsOnly(4L << 10);
      disk.loaded.clear();
      for (long position : positions) {
        assertThat(reader.read(position).payloadBytes()).isEqualTo(PAYLOAD.length);
      }
      assertThat(disk.loaded).hasSizeBetween(5, 7).contains(128L << 10);
    }
  }

  @Test
  void aSweepLoadsEachBlockOnceForSomeSeconds() throws IOException {
    LoadingDisk disk = new LoadingDisk();
    AtomicLong nanos = new AtomicLong();
    StoreOptions options = SMALL.withJournalFileBytes(1 << 20).withNanoClock(nanos::get);
    try (Store store = Store.open(disk, options, frame -> {})) {
      List<Long> positions = appendMany(store.journal());
      FrameReader reader = store.journal().newSweepingReader();
      Collections.shuffle(positions, new Random(1));
      disk.loaded.clear();
      readAll(reader, positions);
      long blocks = disk.loaded.size();
      assertThat(blocks).isBetween(20L, 64L);
      assertThat(disk.loaded).containsOnly(16L << 10);
      nanos.addAndGet(5_000_000_000L);
      readAll(reader, positions);
      assertThat(disk.loaded).hasSize((int) blocks);
      nanos.addAndGet(1);
      readAll(reader, positions);
      assertThat(disk.loaded).hasSize(2 * (int) blocks);
    }
  }

  @Test
  void aSweepReadsAroundWhatCannotBeRead() throws IOException {
    LoadingDisk disk = new LoadingDisk();
    try (Store store = Store.open(disk, SMALL.withJournalFileBytes(1 << 20), frame -> {})) {
      List<Long> positions = appendMany(store.journal());
      disk.unreadableOffset = (100L << 10) + 1;
      FrameReader reader = store.journal().newSweepingReader();
      assertThat(countDamaged(reader, positions)).isEqualTo(1);
    }
  }

  private static List<Long> appendMany(Journal journal) throws IOException {
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      positions.add(append(journal));
    }
    return positions;
  }

  private static int countDamaged(FrameReader reader, List<Long> positions) {
    int damaged = 0;
    for (long position : positions) {
      try {
        assertThat(reader.read(position).payloadBytes()).isEqualTo(PAYLOAD.length);
      } catch (FrameDamagedException e) {
        damaged++;
      }
    }
    return damaged;
  }

  private static void readAll(FrameReader reader, List<Long> positions)
      throws FrameDamagedException {
    for (long position : positions) {
      assertThat(reader.read(position).payloadBytes()).isEqualTo(PAYLOAD.length);
    }
  }

  /// Notes how much is loaded at once; one byte cannot be.
  private static final class LoadingDisk extends WrappedDisk {
    final List<Long> loaded = new ArrayList<>();
    long unreadableOffset = -1;

    LoadingDisk() {
      super(new SimDisk(1));
    }

    @Override
    public void load(MemorySegment mapping, long offset, long endOffset) throws IOException {
      loaded.add(endOffset - offset);
      if (offset <= unreadableOffset && unreadableOffset < endOffset) {
        throw new DiskFailedException("a byte cannot be read");
      }
      super.load(mapping, offset, endOffset);
    }
  }

  @Test
  void framesOfAClosedStoreCannotBeRead() throws IOException {
    Store store = Store.open(new SimDisk(1), SMALL, frame -> {});
    long position = append(store.journal());
    FrameReader reader = store.journal().newReader();
    store.close();
    assertThatThrownBy(() -> reader.read(position)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void neitherCommitNorReadAllocates() throws IOException {
    StoreOptions options = StoreOptions.defaults().withJournalFileBytes(8 << 20);
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, options, frame -> {})) {
      Journal journal = store.journal();
      FrameReader reader = journal.newReader();
      for (int i = 0; i < 10_000; i++) {
        assertThat(reader.read(append(journal)) == null).isFalse();
      }
      // On a busy machine it takes a while until the compiler has got round to it.
      long allocated = Long.MAX_VALUE;
      for (int round = 0; round < 100 && allocated >= 10_000 * 4; round++) {
        allocated = Math.min(allocated, allocatedByReads(journal, reader));
      }
      assertThat(allocated).isLessThan(10_000 * 4);
    }
  }

  private static long allocatedByReads(Journal journal, FrameReader reader)
      throws FrameDamagedException {
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    long lsns = 0;
    for (int i = 0; i < 10_000; i++) {
      lsns += reader.read(append(journal)).lsn();
    }
    assertThat(lsns).isPositive();
    return thread.getCurrentThreadAllocatedBytes() - before;
  }

  private static void cut(Path file, long bytes) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(bytes);
    }
  }

  private static long append(Journal journal) {
    Room room = journal.claim(PAYLOAD.length, Urgency.APPEND);
    if (room == Room.NO_SPARE) {
      journal.prepareSpare();
      room = journal.claim(PAYLOAD.length, Urgency.APPEND);
    }
    if (room != Room.OK) {
      throw new IllegalStateException(room.toString());
    }
    MemorySegment.copy(
        PAYLOAD,
        0,
        journal.region(),
        ValueLayout.JAVA_BYTE,
        journal.regionOffset(),
        PAYLOAD.length);
    journal.commit(1, 1, 0);
    return journal.position();
  }
}
