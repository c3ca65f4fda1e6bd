package dev.topics.server.contract;

import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.DiskFullException;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.disk.ProcessExhaustedException;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/// The real disk, until a test makes it fail or fills it.
final class FaultyDisk extends WrappedDisk {
  private volatile boolean full;
  private volatile boolean syncsFail;
  private volatile boolean noDescriptors;
  private volatile CompletableFuture<Void> syncsMayGoOn = CompletableFuture.completedFuture(null);

  FaultyDisk(Path directory) throws IOException {
    super(FileDisk.open(directory));
  }

  /// From now on there is no space for another byte, or there is again.
  void full(boolean value) {
    full = value;
  }

  /// From now on no other file can be read, or all can again.
  void noDescriptors(boolean value) {
    noDescriptors = value;
  }

  /// From now on every sync fails, or none does.
  void syncsFail(boolean value) {
    syncsFail = value;
  }

  /// From now on syncs wait, until [#releaseSyncs].
  void holdSyncs() {
    syncsMayGoOn = new CompletableFuture<>();
  }

  void releaseSyncs() {
    syncsMayGoOn.complete(null);
  }

  private void needSpace() throws DiskFullException {
    if (full) {
      throw new DiskFullException("no space left, says the test");
    }
  }

  @Override
  public DiskFile create(String name) throws IOException {
    needSpace();
    return super.create(name);
  }

  @Override
  public DiskFile openForReading(String name) throws IOException {
    if (noDescriptors) {
      throw new ProcessExhaustedException("too many open files, says the test");
    }
    return super.openForReading(name);
  }

  @Override
  public long freeBytes() throws IOException {
    return full ? 0 : super.freeBytes();
  }

  @Override
  protected DiskFile wrap(DiskFile file) {
    return new FaultyFile(file);
  }

  private final class FaultyFile extends WrappedFile {
    FaultyFile(DiskFile file) {
      super(file);
    }

    @Override
    public long write(MemorySegment source, long offset) throws IOException {
      if (offset + source.byteSize() > file.size()) {
        needSpace();
      }
      return file.write(source, offset);
    }

    @Override
    public void sync() throws IOException {
      syncsMayGoOn.join();
      if (syncsFail) {
        throw new DiskFailedException("the sync failed, says the test");
      }
      file.sync();
    }
  }
}
