package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.disk.DiskException;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.FailedSync;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same life of a store, with a fault at each of its operations in turn, from the first start
/// over two restarts to the last sync. No result of any call may be overlooked.
final class FaultSweepTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withJournalFileBytes(8 << 10);
  private static final int FRAMES_A_RUN = 12;
  private static final int PAYLOAD_BYTES = 900;

  @ParameterizedTest
  @CsvSource({
    "EIO, false, MARKS_CLEAN", "EIO, false, DROPS", "EIO, false, STAYS_BROKEN",
    "EIO, true, MARKS_CLEAN", "EIO, true, DROPS", "EIO, true, STAYS_BROKEN",
    "ENOSPC, false, MARKS_CLEAN", "ENOSPC, false, DROPS", "ENOSPC, false, STAYS_BROKEN",
    "ENOSPC, true, MARKS_CLEAN", "ENOSPC, true, DROPS", "ENOSPC, true, STAYS_BROKEN",
    "SHORT_WRITE, false, MARKS_CLEAN", "SHORT_WRITE, true, MARKS_CLEAN"
  })
  void aFaultAtAnyOperationLosesNoAckedFrame(Fault.Kind kind, boolean always, FailedSync model)
      throws IOException {
    long operations = new Life(new SimDisk(1), null).live();
    assertThat(operations).isGreaterThan(150);
    for (long at = 0; at < operations; at++) {
      for (Crash crash : Crash.values()) {
        SimDisk disk = new SimDisk(at).failedSync(model);
        try {
          new Life(disk, new Fault(at, kind, always)).endingWith(crash).live();
        } catch (AssertionError e) {
          throw new AssertionError("%s at %d, then %s: %s".formatted(kind, at, crash, e), e);
        }
      }
    }
  }

  /// Three runs of a store. The fault counts operations over all of them.
  private static final class Life {
    private final @Nullable Fault fault;
    private final StorageOracle oracle = new StorageOracle();
    private final Endings endings = new Endings();
    private Crash crash = Crash.PROCESS;
    private SimDisk disk;
    private long operationsBefore;
    private long releasedLsn;

    Life(SimDisk disk, @Nullable Fault fault) {
      this.disk = disk;
      this.fault = fault;
    }

    Life endingWith(Crash kind) {
      crash = kind;
      return this;
    }

    /// Returns the number of operations.
    long live() throws IOException {
      for (int i = 0; i < 3; i++) {
        plan();
        run();
        operationsBefore += disk.operations();
        disk = disk.crash(crash);
        endings.crashed(crash);
      }
      long operations = operationsBefore;
      disk.noFaults();
      for (int i = 0; i < 2; i++) {
        assertThat(open().bootEpoch()).isPositive();
        disk = disk.crash(Crash.POWER);
        endings.crashed(Crash.POWER);
      }
      return operations;
    }

    private void plan() {
      disk.noFaults();
      if (fault != null) {
        long at = Math.max(0, fault.operation() - operationsBefore);
        boolean past = fault.operation() < operationsBefore;
        if (fault.always() || !past) {
          disk.fail(new Fault(at, fault.kind(), fault.always()));
        }
      }
    }

    private void run() throws IOException {
      Store store;
      try {
        store = open();
      } catch (DiskException e) {
        assertThat(fault).isNotNull();
        endings.superblockFailed();
        oracle.syncsMayFail();
        return;
      }
      Journal journal = store.journal();
      for (int i = 0; i < FRAMES_A_RUN; i++) {
        append(journal, i);
        if (i % 5 == 0) {
          journal.requestSync(journal.lastLsn());
        }
        journal.flusher().step();
        journal.spareMaker().step();
        if (i == FRAMES_A_RUN - 5) {
          release(store);
        }
      }
      if (journal.state() == JournalState.FAILED) {
        oracle.syncsMayFail();
        endings.journalFailed();
      }
    }

    /// Files are used again in each run, and by the next one.
    private void release(Store store) {
      releasedLsn = store.journal().lastLsn();
      try {
        store.releaseBelow(store.journal().endOfLog().sequence());
      } catch (IOException e) {
        assertThat(fault).isNotNull();
        endings.superblockFailed();
      }
    }

    private void append(Journal journal, int number) {
      Room room = journal.claim(PAYLOAD_BYTES, Urgency.APPEND);
      if (room == Room.NO_SPARE) {
        journal.prepareSpare();
        room = journal.claim(PAYLOAD_BYTES, Urgency.APPEND);
      }
      if (room != Room.OK) {
        assertThat(room).isIn(Room.DISK_FULL, Room.FAILED);
        assertThat(fault).isNotNull();
        return;
      }
      byte[] payload = new byte[PAYLOAD_BYTES];
      payload[0] = (byte) number;
      MemorySegment.copy(
          payload, 0, journal.region(), ValueLayout.JAVA_BYTE, journal.regionOffset(), 900);
      oracle.committed(journal.commit(1, 1, 0), payload);
    }

    private Store open() throws IOException {
      List<byte[]> replayed = new ArrayList<>();
      Store store = Store.open(disk, OPTIONS, frame -> replayed.add(StorageOracle.payload(frame)));
      long startLsn = store.journal().lastLsn() - replayed.size();
      assertThat(startLsn).isBetween(0L, releasedLsn);
      oracle.recovered(store, startLsn, replayed, endings.lossSinceOpen());
      endings.opened(store.priorShutdown());
      store.journal().listen(oracle);
      return store;
    }
  }
}
