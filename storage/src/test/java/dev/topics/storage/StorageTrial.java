package dev.topics.storage;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.journal.FrameReader;
import dev.topics.storage.journal.FrameReleasedException;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalOptions;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.SealedFile;
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
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

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

  // What whoever owns the frames remembers of them: the places from which it can go on without
  // those before, and up to where it gave files back.
  private @Nullable LogStart takenCheckpoint;
  private @Nullable LogStart checkpoint;
  private @Nullable LogStart olderCheckpoint;
  private long releasedBelow = 1;

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
    LogStart start = restored();
    long startLsn = start == null ? 0 : start.lsn();
    List<Long> replayedPositions = new ArrayList<>();
    takenCheckpoint = null;
    JournalOptions journal =
        JournalOptions.defaults().withFileBytes(FILE_BYTES).withNanoClock(() -> nanos);
    Store store =
        Store.open(
            wrapping.apply(disk),
            new StoreOptions(journal, random),
            _ -> start,
            frame -> {
              replayed.add(StorageOracle.payload(frame));
              replayedPositions.add(frame.position());
            });
    positions.subList((int) startLsn, positions.size()).clear();
    positions.addAll(replayedPositions);
    oracle.recovered(store, startLsn, replayed, endings.lossSinceOpen());
    endings.opened(store.priorShutdown());
    store.journal().listen(oracle);
    return store;
  }

  private void act(Store store, Journal journal) {
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3 -> append(journal);
      case 4 -> journal.requestSync(1 + random.nextLong(journal.lastLsn() + 1));
      case 5, 6 -> journal.flusher().step();
      case 7 -> journal.spareMaker().step();
      case 8 -> nanos += random.nextLong(100_000_000);
      case 9 -> settle(store);
      case 10 -> takeCheckpoint(journal);
      case 11 -> release(store);
      case 12 -> replaySealed(journal);
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

  /// From anywhere that was durable; from the beginning only as long as no file was given back.
  private @Nullable LogStart restored() {
    LogStart either = random.nextInt(3) == 0 ? olderCheckpoint : checkpoint;
    return either == null && releasedBelow > 1 ? checkpoint : either;
  }

  private void takeCheckpoint(Journal journal) {
    LogStart taken = takenCheckpoint;
    if (taken == null) {
      takenCheckpoint = journal.endOfLog();
    } else if (journal.durableLsn() >= taken.lsn()) {
      olderCheckpoint = checkpoint;
      checkpoint = taken;
      takenCheckpoint = null;
    }
  }

  private void release(Store store) {
    LogStart older = olderCheckpoint;
    if (older == null) {
      return;
    }
    long sequence = 1 + random.nextLong(older.sequence());
    releasedBelow = Math.max(releasedBelow, sequence);
    try {
      store.releaseBelow(sequence);
    } catch (IOException e) {
      StorageOracle.require(faulty, "does not release: %s", e);
      endings.superblockFailed();
    }
  }

  private void replaySealed(Journal journal) {
    List<SealedFile> sealed = journal.sealedFiles();
    if (sealed.isEmpty() || journal.state() == JournalState.FAILED) {
      return;
    }
    SealedFile file = sealed.get(random.nextInt(sealed.size()));
    List<Long> lsns = new ArrayList<>();
    try {
      journal.replay(
          file.sequence(),
          frame -> {
            lsns.add(frame.lsn());
            oracle.read(frame, frame.lsn());
          });
      List<Long> expected =
          LongStream.rangeClosed(file.firstLsn(), file.lastLsn()).boxed().toList();
      StorageOracle.require(lsns.equals(expected), "%s: replayed %s", file, lsns);
    } catch (IOException e) {
      StorageOracle.require(faulty, "%s: %s", file, e.getMessage());
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
    } catch (FrameReleasedException e) {
      long sequence = e.position() >>> Integer.SIZE;
      StorageOracle.require(sequence < releasedBelow, "frame %d is needed: %s", lsn, e);
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
