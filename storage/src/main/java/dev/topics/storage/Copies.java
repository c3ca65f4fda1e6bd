package dev.topics.storage;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The files that a [Backup] has in its target: brings them there, and takes them away again.
///
/// **Threading** One thread at a time. Blocks on the disk.
final class Copies {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long LINKED = -1;

  private final Disk source;
  private final Disk target;
  private final MemorySegment buffer;

  /// In the order in which they came, with the bytes that were copied.
  private final SequencedMap<String, Long> files = new LinkedHashMap<>();

  Copies(Disk source, Disk target, Arena arena) {
    this.source = source;
    this.target = target;
    buffer = arena.allocate(BUFFER_BYTES);
  }

  boolean has(String name) {
    return files.containsKey(name);
  }

  /// Bytes of all files that were copied.
  long copiedBytes() {
    return files.values().stream().filter(bytes -> bytes != LINKED).mapToLong(bytes -> bytes).sum();
  }

  /// Files that needed no copy.
  long linkedFiles() {
    return files.values().stream().filter(bytes -> bytes == LINKED).count();
  }

  /// Links or copies a file that never changes; false if it went away.
  boolean linkOrCopy(String name) throws IOException {
    if (source.link(name, target)) {
      files.put(name, LINKED);
      return true;
    }
    return copy(name);
  }

  /// Copies a file from its start to the end that it has now; false if it went away.
  boolean copy(String name) throws IOException {
    DiskFile opened = openIfThere(name);
    if (opened == null) {
      return false;
    }
    try (DiskFile from = opened;
        DiskFile to = create(name)) {
      long size = from.size();
      for (long at = 0; at < size; ) {
        MemorySegment part = buffer.asSlice(0, Math.min(BUFFER_BYTES, size - at));
        from.readFully(part, at);
        to.writeFully(part, at);
        at += part.byteSize();
      }
      to.sync();
      files.put(name, size);
    }
    return true;
  }

  /// Writes a file whose bytes were read before.
  void write(String name, MemorySegment bytes) throws IOException {
    try (DiskFile file = create(name)) {
      file.writeFully(bytes, 0);
      file.sync();
    }
  }

  private DiskFile create(String name) throws IOException {
    files.put(name, 0L);
    return target.create(name);
  }

  /// Bytes of the files that a directory of the source has now.
  long bytesOf(String directory, Predicate<String> isWanted) throws IOException {
    long bytes = 0;
    for (String file : source.list(directory)) {
      DiskFile opened = isWanted.test(file) ? openIfThere(directory + "/" + file) : null;
      if (opened != null) {
        try (DiskFile measured = opened) {
          bytes += measured.size();
        }
      }
    }
    return bytes;
  }

  private @Nullable DiskFile openIfThere(String name) throws IOException {
    try {
      return source.openForReading(name);
    } catch (DiskException e) {
      if (source.exists(name)) {
        throw e;
      }
      return null;
    }
  }

  /// Removes those files, the last that came first.
  void removeIf(IsUnwanted isUnwanted) throws IOException {
    for (String name : List.copyOf(files.keySet()).reversed()) {
      if (isUnwanted.test(name)) {
        if (target.exists(name)) {
          target.delete(name);
        }
        files.remove(name);
      }
    }
  }

  /// Whether a file of the target is to go.
  @FunctionalInterface
  interface IsUnwanted {
    boolean test(String name) throws IOException;
  }
}
