package dev.topics.engine.simulation;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.DiskFullException;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// A disk on which one operation on files with one name, or on those of one directory, fails from
/// [#begin] to [#end], and that counts how often.
///
/// **Threading** Any thread.
final class TroubledDisk extends WrappedDisk {
  /// What fails.
  enum Step {
    CREATE,
    OPEN,
    READ,
    WRITE,
    SYNC,
    RENAME,
    DELETE
  }

  /// How it fails.
  enum Failure {
    EIO,
    ENOSPC,
    DEFECT
  }

  private final Step step;
  private final String prefix;
  private final Failure failure;
  private final AtomicInteger failed = new AtomicInteger();
  private volatile boolean troubled;

  TroubledDisk(Disk disk, Step step, String prefix, Failure failure) {
    super(disk);
    this.step = step;
    this.prefix = prefix;
    this.failure = failure;
  }

  void begin() {
    troubled = true;
  }

  void end() {
    troubled = false;
  }

  /// How often something failed.
  int failed() {
    return failed.get();
  }

  private void check(Step now, String name) throws IOException {
    if (!troubled || now != step || !name.startsWith(prefix)) {
      return;
    }
    failed.incrementAndGet();
    String what = "planned: " + now + " of " + name;
    switch (failure) {
      case EIO -> throw new DiskFailedException(what);
      case ENOSPC -> throw new DiskFullException(what);
      case DEFECT -> throw new AssertionError(what);
    }
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new TroubledFile(file);
  }

  @Override
  public DiskFile open(String name) throws IOException {
    check(Step.OPEN, name);
    return super.open(name);
  }

  @Override
  public DiskFile openForReading(String name) throws IOException {
    check(Step.OPEN, name);
    return super.openForReading(name);
  }

  @Override
  public DiskFile create(String name) throws IOException {
    check(Step.CREATE, name);
    return super.create(name);
  }

  /// What happens while there is trouble.
  Failure failure() {
    return failure;
  }

  @Override
  public void rename(String from, String to) throws IOException {
    check(Step.RENAME, to);
    super.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    check(Step.DELETE, name);
    super.delete(name);
  }

  private final class TroubledFile extends WrappedFile {
    TroubledFile(DiskFile file) {
      super(file);
    }

    @Override
    public long read(MemorySegment target, long offset) throws IOException {
      check(Step.READ, name());
      return super.read(target, offset);
    }

    @Override
    public long write(MemorySegment source, long offset) throws IOException {
      check(Step.WRITE, name());
      return super.write(source, offset);
    }

    @Override
    public void sync() throws IOException {
      check(Step.SYNC, name());
      super.sync();
    }
  }
}
