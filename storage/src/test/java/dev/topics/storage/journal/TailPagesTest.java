package dev.topics.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.Store;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

final class TailPagesTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withJournalFileBytes(8 << 20);
  private static final int PAGE_BYTES = 4096;
  private static final int FRAME_BYTES = 16 << 10;

  /// Remembers which pages of the only journal file were made writable.
  private static final class RecordingDisk extends WrappedDisk {
    private final BitSet pages = new BitSet();

    RecordingDisk() {
      super(new SimDisk(1));
    }

    @Override
    public void makeWritable(MemorySegment mapping, long offset, long endOffset) {
      assertThat(endOffset).isGreaterThan(offset).isLessThanOrEqualTo(mapping.byteSize());
      pages.set((int) (offset / PAGE_BYTES), (int) Math.ceilDiv(endOffset, PAGE_BYTES));
    }

    /// Whether all pages of a frame that begins at `offset` were made writable.
    boolean isReady(long offset) {
      int end = (int) Math.ceilDiv(offset + FRAME_BYTES, PAGE_BYTES);
      return pages.nextClearBit((int) (offset / PAGE_BYTES)) >= end;
    }
  }

  @Test
  void pagesAreReadyForWhoeverWritesMuchBetweenTwoSyncs() throws IOException {
    RecordingDisk disk = new RecordingDisk();
    try (Store store = Store.open(disk, OPTIONS, frame -> {})) {
      Journal journal = store.journal();
      write(journal, 100, Integer.MAX_VALUE);
      sync(journal);
      write(journal, 1, Integer.MAX_VALUE);
      for (int i = 0; i < 250; i++) {
        long next = JournalPosition.offset(journal.position()) + FRAME_BYTES;
        assertThat(disk.isReady(next)).as("the frame at %d", next).isTrue();
        write(journal, 1, Integer.MAX_VALUE);
      }
    }
  }

  @Test
  void pagesAreMadeReadyAgainAfterASync() throws IOException {
    RecordingDisk disk = new RecordingDisk();
    try (Store store = Store.open(disk, OPTIONS, frame -> {})) {
      Journal journal = store.journal();
      write(journal, 200, 100);
      disk.pages.clear();
      write(journal, 1, Integer.MAX_VALUE);
      assertThat(disk.isReady(JournalPosition.offset(journal.position()) + FRAME_BYTES)).isTrue();
    }
  }

  @Test
  void nothingIsMadeReadyWhereSyncsAreClose() throws IOException {
    RecordingDisk disk = new RecordingDisk();
    try (Store store = Store.open(disk, OPTIONS, frame -> {})) {
      write(store.journal(), 300, 10);
      assertThat(disk.pages.isEmpty()).isTrue();
    }
  }

  @Test
  void theEndOfAFileIsNotPassed() throws IOException {
    RecordingDisk disk = new RecordingDisk();
    try (Store store = Store.open(disk, OPTIONS, frame -> {})) {
      write(store.journal(), 1000, 100);
      assertThat(store.journal().stats().rotations()).isPositive();
    }
  }

  private static void write(Journal journal, int frames, int framesPerSync) {
    byte[] payload = new byte[FRAME_BYTES - FrameHeader.BYTES];
    for (int i = 1; i <= frames; i++) {
      Room room = journal.claim(payload.length, Urgency.APPEND);
      if (room == Room.NO_SPARE) {
        journal.prepareSpare();
        room = journal.claim(payload.length, Urgency.APPEND);
      }
      assertThat(room).isEqualTo(Room.OK);
      journal.region().asSlice(journal.regionOffset(), payload.length).fill((byte) 1);
      journal.commit(1, 1, 0);
      journal.prepareTail();
      if (i % framesPerSync == 0) {
        sync(journal);
      }
    }
  }

  private static void sync(Journal journal) {
    journal.requestSync(journal.lastLsn());
    assertThat(journal.flusher().step()).isPositive();
  }
}
