package dev.topics.server.contract;

import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.DiskFullException;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.disk.LockMode;
import dev.topics.storage.disk.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;

/// The real disk, until a test makes it fail or fills it.
final class FaultyDisk implements Disk {
  private final Disk disk;
  private volatile boolean full;
  private volatile boolean syncsFail;

  FaultyDisk(Path directory) throws IOException {
    disk = FileDisk.open(directory);
  }

  /// From now on there is no space for another byte, or there is again.
  void full(boolean value) {
    full = value;
  }

  /// From now on every sync fails, or none does.
  void syncsFail(boolean value) {
    syncsFail = value;
  }

  private void needSpace() throws DiskFullException {
    if (full) {
      throw new DiskFullException("no space left, says the test");
    }
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new FaultyFile(disk.open(name));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    needSpace();
    return new FaultyFile(disk.create(name));
  }

  @Override
  public boolean exists(String name) throws IOException {
    return disk.exists(name);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void makeDirectory(String name) throws IOException {
    disk.makeDirectory(name);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(String name) throws IOException {
    disk.delete(name);
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public long freeBytes() throws IOException {
    return full ? 0 : disk.freeBytes();
  }

  @Override
  public DirectoryLock lock(LockMode mode) throws IOException {
    return disk.lock(mode);
  }

  @Override
  public String bootId() throws IOException {
    return disk.bootId();
  }

  @Override
  public String describe() {
    return disk.describe();
  }

  @Override
  public void close() throws IOException {
    disk.close();
  }

  private final class FaultyFile implements DiskFile {
    private final DiskFile file;

    FaultyFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public String name() {
      return file.name();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public long read(MemorySegment target, long offset) throws IOException {
      return file.read(target, offset);
    }

    @Override
    public long write(MemorySegment source, long offset) throws IOException {
      if (offset + source.byteSize() > file.size()) {
        needSpace();
      }
      return file.write(source, offset);
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public MemorySegment map(Arena arena, long size, MapMode mode) throws IOException {
      return file.map(arena, size, mode);
    }

    @Override
    public void sync() throws IOException {
      if (syncsFail) {
        throw new DiskFailedException("the sync failed, says the test");
      }
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
