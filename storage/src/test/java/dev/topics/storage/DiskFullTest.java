package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalOptions;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A disk without space.
final class DiskFullTest {
  private static final int FILE_BYTES = 64 << 10;

  private final SimDisk disk = new SimDisk(3).capacity(5 * FILE_BYTES);
  private long nanos;
  private final JournalOptions journalOptions =
      JournalOptions.defaults().withFileBytes(FILE_BYTES).withNanoClock(() -> nanos);
  private final StoreOptions options = StoreOptions.defaults().withJournal(journalOptions);

  @Test
  void appendsAreRefusedBeforeAnythingIsWrittenAndReclaimingGoesOn() throws IOException {
    Store store = Store.open(disk, options, frame -> {});
    Journal journal = store.journal();
    fill(journal);
    assertThat(journal.state()).isEqualTo(JournalState.DISK_FULL);
    long lastLsn = journal.lastLsn();
    assertThat(journal.claim(1000, Urgency.APPEND)).isEqualTo(Room.DISK_FULL);
    assertThat(journal.lastLsn()).isEqualTo(lastLsn);

    int reclaimed = 0;
    while (journal.claim(100, Urgency.RECLAIM) == Room.OK) {
      journal.commit(2, 1, 0);
      reclaimed++;
    }
    assertThat(reclaimed * 168).isGreaterThan(journalOptions.reserveBytes() - 1200);
    assertThat(journal.claim(100, Urgency.RECLAIM)).isEqualTo(Room.DISK_FULL);
    journal.requestSync(journal.lastLsn());
    assertThat(journal.flusher().step()).isPositive();
    assertThat(journal.durableLsn()).isEqualTo(journal.lastLsn());
    store.close();
  }

  @Test
  void theJournalGoesOnWithinTwoSecondsOfSpaceReturning() throws IOException {
    Store store = Store.open(disk, options, frame -> {});
    Journal journal = store.journal();
    fill(journal);
    nanos += Duration.ofMinutes(1).toNanos();
    assertThat(journal.spareMaker().step()).isZero();
    assertThat(journal.state()).isEqualTo(JournalState.DISK_FULL);

    disk.capacity(SimDisk.UNLIMITED);
    nanos += Duration.ofSeconds(1).toNanos();
    assertThat(journal.spareMaker().step()).isOne();
    assertThat(journal.state()).isEqualTo(JournalState.RUNNING);
    assertThat(journal.claim(1000, Urgency.APPEND)).isEqualTo(Room.OK);
    journal.commit(1, 1, 0);
    store.close();
  }

  @Test
  void aFullDiskIsNotAskedAgainForEveryAppend() throws IOException {
    Store store = Store.open(disk, options, frame -> {});
    Journal journal = store.journal();
    fill(journal);
    long operations = disk.operations();
    for (int i = 0; i < 100; i++) {
      assertThat(journal.claim(1000, Urgency.APPEND)).isEqualTo(Room.DISK_FULL);
      journal.prepareSpare();
    }
    assertThat(disk.operations()).isEqualTo(operations);
    store.close();
  }

  @Test
  void aFrameTooLargeForTheDiskDoesNotStopSmallerOnes() throws IOException {
    Store store = Store.open(disk, options, frame -> {});
    Journal journal = store.journal();
    int huge = 6 * FILE_BYTES;
    assertThat(journal.claim(huge, Urgency.APPEND)).isEqualTo(Room.NO_SPARE);
    journal.prepareSpare();
    assertThat(journal.claim(huge, Urgency.APPEND)).isEqualTo(Room.DISK_FULL);
    assertThat(journal.state()).isEqualTo(JournalState.RUNNING);
    StoreTest.append(journal, "small");
    store.close();
  }

  @Test
  void aStoreThatCrashedOnAFullDiskOpensWithAllItsFrames() throws IOException {
    Store store = Store.open(disk, options, frame -> {});
    fill(store.journal());
    long lastLsn = store.journal().lastLsn();
    SimDisk full = disk.crash(Crash.PROCESS);
    long used = full.files().stream().mapToLong(full::size).sum();
    full.capacity(used);
    List<Long> lsns = new ArrayList<>();
    Store again = Store.open(full, options, frame -> lsns.add(frame.lsn()));
    assertThat(lsns).hasSize((int) lastLsn);
    assertThat(again.journal().claim(100, Urgency.RECLAIM)).isEqualTo(Room.OK);
    SimDisk afterPowerLoss = full.crash(Crash.POWER);
    lsns.clear();
    Store.open(afterPowerLoss, options, frame -> lsns.add(frame.lsn())).close();
    assertThat(lsns).hasSize((int) lastLsn);
  }

  private static void fill(Journal journal) {
    while (true) {
      Room room = journal.claim(1000, Urgency.APPEND);
      if (room == Room.NO_SPARE) {
        journal.prepareSpare();
        room = journal.claim(1000, Urgency.APPEND);
      }
      if (room != Room.OK) {
        assertThat(room).isEqualTo(Room.DISK_FULL);
        return;
      }
      journal.commit(1, 1, 0);
    }
  }
}
