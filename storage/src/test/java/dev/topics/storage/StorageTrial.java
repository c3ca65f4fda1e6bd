package dev.topics.storage;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.journal.FrameReader;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalOptions;
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
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/// The life of one store on a simulated disk: runs that append, sync, fail and crash, each judged
/// by the oracle when the next one recovers. The same seed lives the same life.
final class StorageTrial {
  private static final int FILE_BYTES = 8 << 10;

  private final SplittableRandom random;
  private final UnaryOperator<Disk> wrapping;
  private final StorageOracle oracle = new StorageOracle();
  private final List<Long> positions = new ArrayList<>();
  private SimDisk disk;
  private final Endings endings = new Endings();
  private boolean faulty;
  private long nanos;

  /// @param wrapping what stands between the store and the simulated disk
  StorageTrial(long seed, UnaryOperator<Disk> wrapping) {
    this.random = new SplittableRandom(seed);
    this.disk = new SimDisk(random.nextLong());
    this.wrapping = wrapping;
  }

  /// What the trial ended with.
  SimDisk disk() {
    return disk;
  }

  StorageOracle oracle() {
    return oracle;
  }

  void run(int runs) throws IOException {
    for (int i = 0; i < runs; i++) {
      plan();
      live();
    }
    recoverAtLast();
  }

  /// Opens the store on a disk that works, and again: both times it must hold the same.
  void recoverAtLast() throws IOException {
    for (int i = 0; i < 2; i++) {
      disk.noFaults();
      faulty = false;
      open();
      crash();
    }
  }

  private void plan() {
    disk.failedSync(oneOf(FailedSync.values()));
    disk.noFaults();
    faulty = random.nextInt(2) == 0;
    if (faulty) {
      Fault.Kind kind = oneOf(Fault.Kind.values());
      long at = disk.operations() + random.nextInt(random.nextInt(2) == 0 ? 30 : 120);
      disk.fail(new Fault(at, kind, random.nextBoolean()));
    }
  }

  private <T> T oneOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private void live() throws IOException {
    Store store;
    try {
      store = open();
    } catch (DiskException e) {
      StorageOracle.require(faulty, "does not open: %s", e);
      endings.superblockFailed();
      oracle.syncsMayFail();
      crash();
      return;
    }
    Journal journal = store.journal();
    int actions = random.nextInt(60);
    for (int i = 0; i < actions; i++) {
      act(store, journal);
    }
    if (random.nextInt(4) == 0) {
      close(store);
    } else if (random.nextInt(4) == 0 && journal.claim(100, Urgency.APPEND) == Room.OK) {
      journal.region().asSlice(journal.regionOffset(), 100).fill((byte) 0x55);
    }
    crash();
  }

  private Store open() throws IOException {
    List<byte[]> replayed = new ArrayList<>();
    positions.clear();
    JournalOptions journal =
        JournalOptions.defaults().withFileBytes(FILE_BYTES).withNanoClock(() -> nanos);
    Store store =
        Store.open(
            wrapping.apply(disk),
            new StoreOptions(journal, random),
            frame -> {
              replayed.add(StorageOracle.payload(frame));
              positions.add(frame.position());
            });
    oracle.recovered(store, replayed, endings.lossSinceOpen());
    endings.opened(store.priorShutdown());
    store.journal().listen(oracle);
    return store;
  }

  private void act(Store store, Journal journal) {
    switch (random.nextInt(11)) {
      case 0, 1, 2, 3 -> append(journal);
      case 4 -> journal.requestSync(1 + random.nextLong(journal.lastLsn() + 1));
      case 5, 6 -> journal.flusher().step();
      case 7 -> journal.spareMaker().step();
      case 8 -> nanos += random.nextLong(100_000_000);
      case 9 -> settle(store);
      default -> read(journal);
    }
    StorageOracle.require(
        faulty || journal.state() == JournalState.RUNNING, "%s without a fault", journal.state());
    if (journal.state() == JournalState.FAILED) {
      oracle.syncsMayFail();
      endings.journalFailed();
    }
  }

  private void settle(Store store) {
    try {
      store.settle();
      endings.settled();
    } catch (IOException e) {
      StorageOracle.require(faulty, "does not settle: %s", e);
      endings.superblockFailed();
    }
  }

  private void append(Journal journal) {
    int bytes = random.nextInt(20) == 0 ? random.nextInt(3 * FILE_BYTES) : random.nextInt(1000);
    Urgency urgency = random.nextInt(5) == 0 ? Urgency.RECLAIM : Urgency.APPEND;
    byte[] payload = new byte[bytes];
    random.nextBytes(payload);
    Room room = journal.claim(bytes, urgency);
    for (int i = 0; i < 3 && room == Room.NO_SPARE; i++) {
      journal.prepareSpare();
      room = journal.claim(bytes, urgency);
    }
    switch (room) {
      case OK -> write(journal, payload);
      case NO_SPARE -> throw new StorageOracle.Violated("prepareSpare does not help");
      case DISK_FULL, FAILED -> StorageOracle.require(faulty, "%s without a fault", room);
    }
  }

  private void write(Journal journal, byte[] payload) {
    MemorySegment.copy(
        payload,
        0,
        journal.region(),
        ValueLayout.JAVA_BYTE,
        journal.regionOffset(),
        payload.length);
    if (random.nextInt(20) == 0) {
      journal.abandon();
      return;
    }
    oracle.committed(journal.commit(1, 1, 0), payload);
    positions.add(journal.position());
  }

  private void read(Journal journal) {
    if (oracle.committedLsn() == 0 || journal.state() == JournalState.FAILED) {
      return;
    }
    long lsn = 1 + random.nextLong(oracle.committedLsn());
    FrameReader reader = journal.newReader();
    try {
      oracle.read(reader.read(positions.get((int) lsn - 1)), lsn);
    } catch (IOException e) {
      StorageOracle.require(faulty, "frame %d: %s", lsn, e.getMessage());
    }
  }

  private void close(Store store) {
    try {
      store.close();
      if (store.journal().state() != JournalState.FAILED) {
        endings.closed();
      }
    } catch (IOException e) {
      StorageOracle.require(faulty, "does not close: %s", e);
      endings.superblockFailed();
    }
    if (store.journal().state() == JournalState.FAILED) {
      oracle.syncsMayFail();
      endings.journalFailed();
    }
  }

  private void crash() {
    Crash kind = random.nextBoolean() ? Crash.PROCESS : Crash.POWER;
    disk = disk.crash(kind);
    endings.crashed(kind);
  }
}
