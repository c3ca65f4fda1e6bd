package dev.topics.storage.sim;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// A disk that says of packs what is in memory: what was read since it forgot everything.
///
/// **Threading** any thread.
public final class ForgetfulDisk extends WrappedDisk {
  private static final long PAGE_BYTES = 4096;

  private record Page(String file, long number) {}

  private final Predicate<String> counts;
  private final Set<Page> inMemory = new HashSet<>();
  private volatile CompletableFuture<Void> mayRead = CompletableFuture.completedFuture(null);
  private final Set<String> waiters = new HashSet<>();

  /// @param counts whose reads bring something into memory, by the name of the thread
  public ForgetfulDisk(Disk disk, Predicate<String> counts) {
    super(disk);
    this.counts = counts;
  }

  /// From now on nothing is in memory, and nobody has waited.
  public synchronized void forget() {
    inMemory.clear();
    waiters.clear();
  }

  /// From now on whoever has to wait for the disk waits until [#release].
  public void hold() {
    mayRead = new CompletableFuture<>();
  }

  public void release() {
    mayRead.complete(null);
  }

  /// Names of the threads that waited for the disk.
  public synchronized Set<String> waiters() {
    return Set.copyOf(waiters);
  }

  private synchronized void remember(String file, long from, long end) {
    String thread = Thread.currentThread().getName();
    for (long page = from / PAGE_BYTES; page * PAGE_BYTES < end && counts.test(thread); page++) {
      if (inMemory.add(new Page(file, page))) {
        waiters.add(thread);
      }
    }
  }

  private synchronized boolean isInMemory(String file, long from, long end) {
    for (long page = from / PAGE_BYTES; page * PAGE_BYTES < end; page++) {
      if (!inMemory.contains(new Page(file, page))) {
        return false;
      }
    }
    return true;
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return file.name().contains("packs/") ? new ForgetfulFile(file) : file;
  }

  private final class ForgetfulFile extends WrappedFile {
    ForgetfulFile(DiskFile file) {
      super(file);
    }

    @Override
    public long read(MemorySegment target, long offset) throws IOException {
      remember(file.name(), offset, offset + target.byteSize());
      if (counts.test(Thread.currentThread().getName())) {
        mayRead.join();
      }
      return file.read(target, offset);
    }

    @Override
    public boolean readFullyNow(MemorySegment target, long offset) throws IOException {
      if (!isInMemory(file.name(), offset, offset + target.byteSize())) {
        return false;
      }
      file.readFully(target, offset);
      return true;
    }
  }
}
