package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.DiskFullException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the next journal files ready: allocated, zero-filled and durable before they are needed.
///
/// A file gets its name only when its zeros and its first page are durable, and the next one is
/// begun only when that name is durable too: so a gap between names is never the trace of a crash.
///
/// **Threading** any thread; the lock `making` is held across I/O, one file is made at a time.
public final class SpareMaker {
  /// How often a full disk is asked again; space is noticed within 2 s.
  static final long RETRY_NANOS = 500_000_000L;

  private final ReentrantLock making = new ReentrantLock();
  private final Disk disk;
  private final JournalOptions options;
  private final JournalIdentity identity;
  private final JournalHealth health;
  private final Spares spares;
  private long nextSequence;
  private long lastAttemptNanos;
  private boolean closed;

  SpareMaker(
      Disk disk,
      JournalOptions options,
      JournalIdentity identity,
      JournalHealth health,
      Spares spares,
      long nextSequence) {
    this.disk = disk;
    this.options = options;
    this.identity = identity;
    this.health = health;
    this.spares = spares;
    this.nextSequence = nextSequence;
  }

  /// Makes (or enlarges) one file if one is missing and the disk has room; returns how many.
  public int step() {
    making.lock();
    try {
      return closed || health.failed() ? 0 : prepare();
    } finally {
      making.unlock();
    }
  }

  /// No file is made from now on.
  void close() {
    making.lock();
    try {
      closed = true;
    } finally {
      making.unlock();
    }
  }

  private int prepare() {
    long now = options.nanoClock().getAsLong();
    if (now - lastAttemptNanos >= RETRY_NANOS) {
      spares.forgetRefusal();
    }
    long wanted = spares.takeWanted();
    long bytes = Math.max(options.fileBytes(), wanted);
    if (spares.refuses(bytes)) {
      return 0;
    }
    JournalFile small = spares.takeSmallerThan(wanted);
    if (small == null && spares.count() >= options.spares()) {
      return 0;
    }
    lastAttemptNanos = now;
    return small == null ? create(bytes) : enlarge(small, bytes);
  }

  private int create(long bytes) {
    try {
      requireFree(bytes);
      spares.add(make(bytes));
      health.diskHasRoom();
      return 1;
    } catch (DiskFullException e) {
      return refused(bytes);
    } catch (IOException e) {
      health.fail(e);
      return 0;
    }
  }

  private int enlarge(JournalFile small, long bytes) {
    JournalFile next = small;
    try {
      requireFree(bytes - small.bytes());
      next = grow(small, bytes);
      return 1;
    } catch (DiskFullException e) {
      return refused(bytes);
    } catch (IOException e) {
      health.fail(e);
      return 0;
    } finally {
      spares.giveBack(next);
    }
  }

  private int refused(long bytes) {
    spares.refuse(bytes);
    if (bytes <= options.fileBytes()) {
      health.diskFull();
    }
    return 0;
  }

  /// Not exact, but spares the disk from being filled to the brim again and again.
  private void requireFree(long bytes) throws IOException {
    long free = disk.freeBytes();
    if (free < bytes) {
      throw new DiskFullException(
          "%s: %d bytes free, %d needed".formatted(disk.describe(), free, bytes));
    }
  }

  /// Makes a file that holds no frames, durable under its name.
  JournalFile make(long bytes) throws IOException {
    long sequence = nextSequence;
    String unfinished = JournalFile.unfinishedName(sequence);
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    DiskFile file = disk.create(unfinished);
    try {
      file.zeroFill(0, bytes);
      writeHeader(file, sequence, bytes);
      file.sync();
      disk.rename(unfinished, JournalFile.name(sequence));
    } catch (DiskFullException e) {
      file.close();
      disk.delete(unfinished);
      throw e;
    } catch (IOException e) {
      closeAfter(file, e);
      throw e;
    }
    disk.syncDirectory(JournalFile.DIRECTORY);
    nextSequence = sequence + 1;
    return JournalFile.mapForWriting(disk, file, sequence, identity.salt());
  }

  /// Enlarges a file that holds no frames yet. Its first page keeps telling the smaller size: it is
  /// never written twice.
  private JournalFile grow(JournalFile small, long bytes) throws IOException {
    DiskFile file = small.handle();
    try {
      file.zeroFill(small.bytes(), bytes);
      file.sync();
    } catch (DiskFullException e) {
      file.truncate(small.bytes());
      throw e;
    }
    JournalFile large = JournalFile.mapForWriting(disk, file, small.sequence(), identity.salt());
    small.unmap();
    return large;
  }

  private void writeHeader(DiskFile file, long sequence, long bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment page = arena.allocate(FileHeader.PAGE_BYTES);
      FileHeader.write(page, sequence, bytes, identity.storeId());
      file.writeFully(page, 0);
    }
  }

  private static void closeAfter(DiskFile file, Throwable failure) {
    try {
      file.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
