package dev.topics.storage.disk;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Passes everything on to another disk, but for what a subclass does otherwise. Files are never
/// linked past a subclass: they are copied.
///
/// **Threading** As [Disk].
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
  public void removeDirectory(String name) throws IOException {
    disk.removeDirectory(name);
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
}
