package dev.topics.storage.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What another disk holds, to be changed at will: changes stay in memory, and the other disk is
/// only read. What opens, recovers or repairs a store can so be tried without consequences.
///
/// A file that is opened for writing is copied into memory as a whole. The disk below is locked
/// against writers as long as this one is open.
///
/// **Threading** As [Disk]; the files that changed belong to one thread at a time.
public final class ScratchDisk implements Disk {
  private static final long FREE_BYTES = 1L << 40;

  private final Disk below;
  private final @Nullable DirectoryLock lock;
  private final Map<String, MemoryFile> changed = new HashMap<>();
  private final Set<String> gone = new HashSet<>();

  private ScratchDisk(Disk below, @Nullable DirectoryLock lock) {
    this.below = below;
    this.lock = lock;
  }

  /// Takes over `below`, which nobody may have open for writing; closes it in the end.
  public static ScratchDisk over(Disk below) throws IOException {
    return new ScratchDisk(below, below.exists(LOCK_FILE) ? below.lock(LockMode.SHARED) : null);
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    MemoryFile file = changed.get(name);
    if (file == null) {
      try (DiskFile original = below.openForReading(requireThere(name))) {
        file = new MemoryFile(original.size());
        original.readFully(file.content(), 0);
      }
      changed.put(name, file);
    }
    return new OpenFile(name, file);
  }

  @Override
  public synchronized DiskFile openForReading(String name) throws IOException {
    MemoryFile file = changed.get(name);
    return file == null ? below.openForReading(requireThere(name)) : new OpenFile(name, file);
  }

  private String requireThere(String name) throws IOException {
    if (gone.contains(name)) {
      throw new DiskFailedException("no such file: " + name);
    }
    return name;
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    if (exists(name)) {
      throw new DiskFailedException("there is such a file already: " + name);
    }
    MemoryFile file = new MemoryFile(0);
    changed.put(name, file);
    return new OpenFile(name, file);
  }

  @Override
  public synchronized boolean exists(String name) throws IOException {
    return changed.containsKey(name) || (!gone.contains(name) && below.exists(name));
  }

  @Override
  public synchronized List<String> list(String directory) throws IOException {
    String prefix = directory.isEmpty() ? "" : directory + "/";
    TreeSet<String> names = new TreeSet<>(below.list(directory));
    names.removeIf(name -> gone.contains(prefix + name));
    for (String name : changed.keySet()) {
      if (name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0) {
        names.add(name.substring(prefix.length()));
      }
    }
    return List.copyOf(names);
  }

  /// A directory is there as soon as something is in it.
  @Override
  public void makeDirectory(String name) {}

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    open(from).close();
    changed.put(to, changed.remove(from));
    gone.add(from);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    if (!exists(name)) {
      throw new DiskFailedException("no such file: " + name);
    }
    changed.remove(name);
    gone.add(name);
  }

  @Override
  public void syncDirectory(String directory) {}

  @Override
  public void load(MemorySegment mapping, long offset, long endOffset) throws IOException {
    below.load(mapping, offset, endOffset);
  }

  @Override
  public long freeBytes() {
    return FREE_BYTES;
  }

  @Override
  public DirectoryLock lock(LockMode mode) {
    return () -> {};
  }

  @Override
  public String bootId() throws IOException {
    return below.bootId();
  }

  @Override
  public String describe() {
    return below.describe();
  }

  @Override
  public void close() throws IOException {
    try (Disk closing = below) {
      assert closing != null;
      if (lock != null) {
        lock.close();
      }
    }
  }

  /// A file in memory. It is mapped where it lies, so it must not grow after that.
  private static final class MemoryFile {
    private static final long PAGE_BYTES = 4096;

    private MemorySegment room;
    private long size;

    MemoryFile(long size) {
      this.size = size;
      room = allocate(size);
    }

    private static MemorySegment allocate(long bytes) {
      return Arena.ofAuto().allocate(Math.max(bytes, PAGE_BYTES), PAGE_BYTES);
    }

    MemorySegment content() {
      return room.asSlice(0, size);
    }

    void resize(long bytes) {
      if (bytes > room.byteSize()) {
        MemorySegment larger = allocate(Math.max(bytes, Math.min(2 * size, size + (64 << 20))));
        larger.copyFrom(content());
        room = larger;
      } else if (bytes < size) {
        room.asSlice(bytes, size - bytes).fill((byte) 0);
      }
      size = bytes;
    }
  }

  private record OpenFile(String name, MemoryFile file) implements DiskFile {
    @Override
    public long size() {
      return file.size;
    }

    @Override
    public long read(MemorySegment target, long offset) {
      long bytes = Math.clamp(file.size - offset, 0, target.byteSize());
      if (bytes > 0) {
        MemorySegment.copy(file.content(), offset, target, 0, bytes);
      }
      return bytes;
    }

    @Override
    public long write(MemorySegment source, long offset) {
      allocate(0, offset + source.byteSize());
      MemorySegment.copy(source, 0, file.content(), offset, source.byteSize());
      return source.byteSize();
    }

    @Override
    public void allocate(long offset, long endOffset) {
      if (endOffset > file.size) {
        file.resize(endOffset);
      }
    }

    @Override
    public void truncate(long size) {
      file.resize(size);
    }

    @Override
    public MemorySegment map(Arena arena, long size, MapMode mode) {
      MemorySegment mapped = file.content().asSlice(0, size);
      return mode == MapMode.READ_ONLY ? mapped.asReadOnly() : mapped;
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}
  }
}
