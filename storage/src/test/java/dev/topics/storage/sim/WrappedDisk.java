package dev.topics.storage.sim;

import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.LockMode;
import dev.topics.storage.disk.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Passes everything on. Tests plant bugs by overriding what they spoil.
public class WrappedDisk implements Disk {
  private final Disk disk;

  public WrappedDisk(Disk disk) {
    this.disk = disk;
  }

  /// What stands between the store and a file.
  protected DiskFile wrap(DiskFile file) {
    return file;
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return wrap(disk.open(name));
  }

  @Override
  public DiskFile openForReading(String name) throws IOException {
    return wrap(disk.openForReading(name));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    return wrap(disk.create(name));
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
  public void load(MemorySegment mapping, long offset, long endOffset) throws IOException {
    disk.load(mapping, offset, endOffset);
  }

  @Override
  public void makeWritable(MemorySegment mapping, long offset, long endOffset) {
    disk.makeWritable(mapping, offset, endOffset);
  }

  @Override
  public long freeBytes() throws IOException {
    return disk.freeBytes();
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

  /// A file that passes everything on.
  public static class WrappedFile implements DiskFile {
    protected final DiskFile file;

    public WrappedFile(DiskFile file) {
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
      return file.write(source, offset);
    }

    @Override
    public void allocate(long offset, long endOffset) throws IOException {
      file.allocate(offset, endOffset);
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
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
