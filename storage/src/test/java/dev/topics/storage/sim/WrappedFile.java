package dev.topics.storage.sim;

import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.MapMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A file that passes everything on. Tests plant bugs by overriding what they spoil.
public class WrappedFile implements DiskFile {
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
