package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.DiskFullException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// Keeps the next journal files ready: allocated and durable before they are needed.
///
/// A released file becomes the next one under a new number; if there is none, one is filled with
/// zeros, or only allocated if files are used up too fast for that. A file gets its name only when
/// its first page (and its zeros) are durable, and the next one is begun only when that name is
/// durable too: so a gap between names is never the trace of a crash.
///
/// **Threading** any thread; the lock `making` is held across I/O, one file is made at a time.
public final class SpareMaker {
  /// How often a full disk is asked again; space is noticed within 2 s.
  static final long RETRY_NANOS = 500_000_000L;

  /// Files that are used up faster than this are only allocated: 64 MB/s at the usual size.
  private static final long HURRIED_NANOS = 1_000_000_000L;

  /// Released files that wait to be used again; more of them are deleted.
  private static final int RELEASED_FILES_KEPT = 2;

  /// A file that is used again begins anew with its first page, and zeros where its first frame
  /// goes: whether a file holds any frame is told by that place.
  private static final long BEGINNING_BYTES = FileHeader.PAGE_BYTES + FrameHeader.BYTES;

  private final ReentrantLock making = new ReentrantLock();
  private final Disk disk;
  private final JournalOptions options;
  private final JournalIdentity identity;
  private final JournalHealth health;
  private final Spares spares;
  private final AtomicLong preparedBytes = new AtomicLong();
  private long nextSequence;
  private long lastAttemptNanos;
  private long lastMadeNanos;
  private boolean hasMadeFiles;
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

  /// Bytes written to make files ready: zeros and first pages.
  long preparedBytes() {
    return preparedBytes.get();
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
    return makeReady() + deleteSurplus();
  }

  private int makeReady() {
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

  private int deleteSurplus() {
    JournalFile file = spares.takeSurplus(RELEASED_FILES_KEPT, options.fileBytes());
    if (file == null) {
      return 0;
    }
    try {
      disk.delete(file.name());
      disk.syncDirectory(JournalFile.DIRECTORY);
      return 1;
    } catch (IOException e) {
      health.fail(e);
      return 0;
    }
  }

  private int create(long bytes) {
    try {
      JournalFile released = spares.takeReleased(bytes);
      if (released == null) {
        requireFree(bytes);
      }
      spares.add(released == null ? make(bytes) : recycle(released));
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
    String unfinished = JournalFile.unfinishedName(nextSequence);
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    DiskFile file = disk.create(unfinished);
    try {
      fill(file, bytes);
    } catch (IOException e) {
      throw notMade(file, e);
    }
    return finish(file, bytes);
  }

  /// Zeros that were written make each later sync cheaper. But whoever uses up a file in a moment
  /// writes much with each sync, and needs the bandwidth of the disk for itself.
  private void fill(DiskFile file, long bytes) throws IOException {
    long now = options.nanoClock().getAsLong();
    boolean hurried = hasMadeFiles && now - lastMadeNanos < HURRIED_NANOS;
    hasMadeFiles = true;
    lastMadeNanos = now;
    if (hurried) {
      file.allocate(0, bytes);
      file.warm(0, bytes);
    } else {
      zeroFill(file, 0, bytes);
    }
  }

  private void zeroFill(DiskFile file, long from, long end) throws IOException {
    file.zeroFill(from, end);
    preparedBytes.addAndGet(end - from);
  }

  /// Makes the next file of one that was released. Its number is part of every tag, so no frame
  /// that was in it is one of the new file, whatever of this reaches the disk before a crash: until
  /// the name of the new file is durable there is a file with a number that nobody needs any more,
  /// or one that is not finished, and both are deleted at the next start.
  private JournalFile recycle(JournalFile released) throws IOException {
    String unfinished = JournalFile.unfinishedName(nextSequence);
    try {
      disk.rename(released.name(), unfinished);
    } catch (DiskFullException e) {
      spares.released(released);
      throw e;
    }
    DiskFile file = disk.open(unfinished);
    try {
      zeroFill(file, 0, BEGINNING_BYTES);
    } catch (IOException e) {
      throw notMade(file, e);
    }
    return finish(file, released.bytes());
  }

  /// Gives a file its first page and its name, both durable.
  private JournalFile finish(DiskFile file, long bytes) throws IOException {
    long sequence = nextSequence;
    try {
      writeHeader(file, sequence, bytes);
      file.sync();
      disk.rename(JournalFile.unfinishedName(sequence), JournalFile.name(sequence));
    } catch (IOException e) {
      throw notMade(file, e);
    }
    disk.syncDirectory(JournalFile.DIRECTORY);
    nextSequence = sequence + 1;
    return JournalFile.mapForWriting(disk, file, sequence, identity.salt());
  }

  /// Leaves nothing behind of a file for which the disk had no room.
  private IOException notMade(DiskFile file, IOException failure) throws IOException {
    if (failure instanceof DiskFullException) {
      file.close();
      disk.delete(JournalFile.unfinishedName(nextSequence));
    } else {
      file.closeAfter(failure);
    }
    return failure;
  }

  /// Enlarges a file that holds no frames yet. Its first page keeps telling the smaller size: it is
  /// never written twice.
  private JournalFile grow(JournalFile small, long bytes) throws IOException {
    DiskFile file = small.handle();
    try {
      zeroFill(file, small.bytes(), bytes);
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
      preparedBytes.addAndGet(page.byteSize());
    }
  }
}
