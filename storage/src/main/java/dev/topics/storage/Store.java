package dev.topics.storage;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.checkpoint.Superblocks;
import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.LockMode;
import dev.topics.storage.journal.FrameHandler;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalIdentity;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/// One data directory, open for writing: its lock, its superblocks and its journal.
///
/// **Threading** [#open], [#start], [#settle] and [#close] by the owner, one at a time; the rest
/// from any thread. The lock `superblock` is held across I/O while the superblock changes.
public final class Store implements AutoCloseable {
  private static final long SPARE_SLEEP_NANOS = 500_000_000L;

  private final DirectoryLock lock;
  private final Superblocks superblocks;
  private final UUID bootId;
  private final PriorShutdown priorShutdown;
  private final Journal journal;
  private final ReentrantLock superblockLock = new ReentrantLock();
  private final List<StepLoop> loops = new ArrayList<>();
  private boolean closed;

  private Store(
      DirectoryLock lock,
      Superblocks superblocks,
      UUID bootId,
      PriorShutdown priorShutdown,
      Journal journal) {
    this.bootId = bootId;
    this.lock = lock;
    this.superblocks = superblocks;
    this.priorShutdown = priorShutdown;
    this.journal = journal;
  }

  /// Like [#open(Disk, StoreOptions, Restoring, FrameHandler)], replaying all that is there.
  public static Store open(Disk disk, StoreOptions options, FrameHandler replay)
      throws IOException {
    return open(disk, options, Restoring.NOTHING, replay);
  }

  /// Locks the directory, recovers it, hands every frame behind the restored place to `replay` in
  /// log order, and makes the new boot epoch durable. Fails with
  /// [dev.topics.storage.disk.DirectoryLockedException] if it is in use,
  /// [dev.topics.storage.journal.DamagedException] if durable frames are damaged, and
  /// [dev.topics.storage.disk.RefusedException] if this is no store, or none that this version can
  /// read. The disk stays the caller's.
  public static Store open(
      Disk disk, StoreOptions options, Restoring restoring, FrameHandler replay)
      throws IOException {
    if (!disk.exists(Disk.LOCK_FILE)) {
      Superblocks.refuseForeign(disk);
    }
    DirectoryLock lock = disk.lock(LockMode.EXCLUSIVE);
    try {
      return open(disk, options, restoring, replay, lock);
    } catch (IOException | RuntimeException | Error e) {
      try {
        lock.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }

  /// The superblock is written last, and after a power cut it keeps the boot id of the run that was
  /// cut off until [#settle]: how that run ended must not be forgotten before its losses are in the
  /// log, whatever happens in between.
  private static Store open(
      Disk disk, StoreOptions options, Restoring restoring, FrameHandler replay, DirectoryLock lock)
      throws IOException {
    Superblocks superblocks = Superblocks.open(disk, options.random());
    Superblock prior = superblocks.current();
    UUID bootId = Superblocks.bootId(disk);
    int epoch = Math.addExact(prior.bootEpoch(), 1);
    JournalIdentity all = JournalIdentity.of(prior, epoch);
    LogStart start = restoring.restore(prior);
    Journal journal =
        Journal.open(
            disk,
            options.journal(),
            start == null ? all : all.startingAt(start),
            replay,
            () -> superblocks.write(superblocks.current().suspected()));
    PriorShutdown priorShutdown = shutdown(superblocks.current(), bootId);
    try {
      boolean lossesToSettle = priorShutdown == PriorShutdown.POWER_LOSS;
      UUID remembered = lossesToSettle ? superblocks.current().kernelBootId() : bootId;
      superblocks.write(prior.opened(epoch, remembered, journal.lastLsn()));
    } catch (IOException | RuntimeException | Error e) {
      journal.release();
      throw e;
    }
    return new Store(lock, superblocks, bootId, priorShutdown, journal);
  }

  /// Says that what the run before lost is in the log, durably: from here on a crash is a crash of
  /// this run. To be called before anything is served.
  public void settle() throws IOException {
    if (!superblocks.current().kernelBootId().equals(bootId)) {
      changeSuperblock(
          current -> current.opened(current.bootEpoch(), bootId, journal.durableLsn()));
    }
  }

  public Journal journal() {
    return journal;
  }

  /// One more than in the run before, from 1.
  public int bootEpoch() {
    return superblocks.current().bootEpoch();
  }

  public UUID storeId() {
    return superblocks.current().storeId();
  }

  public PriorShutdown priorShutdown() {
    return priorShutdown;
  }

  /// An id that the owner keeps outside the journal: 0, or the highest value raised to.
  public long highWaterMark(int index) {
    return superblocks.current().highWaterMarks().get(index);
  }

  /// Makes a mark durable before it is used. Blocks on the disk.
  public void raiseHighWaterMark(int index, long value) throws IOException {
    changeSuperblock(current -> current.raised(index, value));
  }

  /// Makes a change of the superblock durable. Blocks on the disk.
  public void changeSuperblock(UnaryOperator<Superblock> change) throws IOException {
    superblockLock.lock();
    try {
      superblocks.write(change.apply(superblocks.current()));
    } finally {
      superblockLock.unlock();
    }
  }

  /// Frees the journal files before `sequence`, as far as they are durable. Nobody needs their
  /// frames any more: no replay from a checkpoint that may be relied on, and no reader with a fresh
  /// view. A reader that still asks for one gets a
  /// [dev.topics.storage.journal.FrameReleasedException]. Blocks on the disk.
  public void releaseBelow(long sequence) throws IOException {
    LogStart start = journal.releasable(sequence);
    if (start != null) {
      changeSuperblock(
          current -> current.journalStartsAt(start.sequence(), start.lsn(), start.crc()));
      journal.release(start);
    }
  }

  /// Runs the steps of the flusher and of the spare maker on threads of their own.
  public void start(ThreadFactory threads) {
    loops.add(
        new StepLoop(
            journal.flusher()::step,
            journal.flusherWakeup(),
            journal.flusher()::pauseNanos,
            journal::fail,
            threads));
    loops.add(
        new StepLoop(
            journal.spareMaker()::step,
            journal.spareWakeup(),
            () -> SPARE_SLEEP_NANOS,
            journal::fail,
            threads));
    loops.forEach(StepLoop::start);
  }

  /// Stops the threads, syncs, and marks the store as cleanly closed. After a failure of the
  /// journal it only lets go of everything.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    loops.forEach(StepLoop::stop);
    try (DirectoryLock held = lock) {
      assert held != null;
      boolean durable = journal.finish();
      journal.release();
      if (durable) {
        changeSuperblock(current -> current.closed(journal.durableLsn()));
      }
    }
  }

  /// Stops the threads, syncs if that is possible, and lets go of everything without marking the
  /// store as closed: the next start recovers as from a crash.
  public void abort() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    loops.forEach(StepLoop::stop);
    try (DirectoryLock held = lock) {
      assert held != null;
      journal.finish();
      journal.release();
    }
  }

  private static PriorShutdown shutdown(Superblock prior, UUID bootId) {
    if (prior.bootEpoch() == 0) {
      return PriorShutdown.FIRST_START;
    }
    if (prior.clean()) {
      return PriorShutdown.CLEAN;
    }
    boolean sameRun = prior.kernelBootId().equals(bootId);
    return sameRun ? PriorShutdown.PROCESS_CRASH : PriorShutdown.POWER_LOSS;
  }
}
