package dev.topics.storage.sim;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.MapMode;
import dev.topics.storage.disk.WrappedDisk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/// A disk whose files may be larger than memory, as long as nearly all of their bytes are
/// [#FILLER]. It knows no faults and no crashes.
public final class LargeFileDisk extends WrappedDisk {
  /// The byte that costs nothing.
  public static final byte FILLER = 'a';

  private static final int PAGE_BYTES = 64 << 10;

  private final Map<String, LargeFile> files = new HashMap<>();
  private final MemorySegment filler = Arena.ofAuto().allocate(PAGE_BYTES).fill(FILLER);

  public LargeFileDisk(Disk names) {
    super(names);
  }

  @Override
  public DiskFile create(String name) throws IOException {
    super.create(name).close();
    LargeFile file = new LargeFile(name);
    files.put(name, file);
    return file;
  }

  @Override
  public DiskFile openForReading(String name) {
    return Objects.requireNonNull(files.get(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    super.rename(from, to);
    files.put(to, Objects.requireNonNull(files.remove(from)));
  }

  private final class LargeFile implements DiskFile {
    private final String name;
    private final Map<Long, byte[]> pages = new HashMap<>();
    private long size;

    LargeFile(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public long read(MemorySegment target, long offset) {
      long at = offset;
      long end = Math.min(size, offset + target.byteSize());
      while (at < end) {
        int inPage = (int) (at % PAGE_BYTES);
        long bytes = Math.min(end - at, PAGE_BYTES - inPage);
        byte[] page = pages.get(at / PAGE_BYTES);
        MemorySegment from = page == null ? filler : MemorySegment.ofArray(page);
        MemorySegment.copy(from, inPage, target, at - offset, bytes);
        at += bytes;
      }
      return Math.max(0, at - offset);
    }

    @Override
    public long write(MemorySegment source, long offset) {
      int inPage = (int) (offset % PAGE_BYTES);
      long bytes = Math.min(source.byteSize(), PAGE_BYTES - inPage);
      MemorySegment part = source.asSlice(0, bytes);
      byte[] page = pages.get(offset / PAGE_BYTES);
      if (page == null && part.mismatch(filler.asSlice(0, bytes)) != -1) {
        page = filler.toArray(ValueLayout.JAVA_BYTE);
        pages.put(offset / PAGE_BYTES, page);
      }
      if (page != null) {
        MemorySegment.copy(part, 0, MemorySegment.ofArray(page), inPage, bytes);
      }
      size = Math.max(size, offset + bytes);
      return bytes;
    }

    @Override
    public void allocate(long offset, long endOffset) throws IOException {
      throw new DiskFailedException("not here: " + name);
    }

    @Override
    public void truncate(long newSize) throws IOException {
      throw new DiskFailedException("not here: " + name);
    }

    @Override
    public MemorySegment map(Arena arena, long bytes, MapMode mode) throws IOException {
      throw new DiskFailedException("not here: " + name);
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
