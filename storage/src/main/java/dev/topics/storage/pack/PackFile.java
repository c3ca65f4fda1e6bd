package dev.topics.storage.pack;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An open pack, whose descriptor is closed by its last user. A pack that was deleted meanwhile is
/// readable until then.
///
/// **Threading** any thread.
final class PackFile {
  private static final Logger LOG = LoggerFactory.getLogger(PackFile.class);

  private final DiskFile file;
  private final Seal seal;
  private final Users users = new Users();

  /// The entry that was read last: most readers of a pack turn to the same run again and again.
  private volatile @Nullable RunEntry lastEntry;

  private PackFile(DiskFile file, Seal seal) {
    this.file = file;
    this.seal = seal;
  }

  /// Opens a pack, for one user. Fails with [UnusablePackException] if it cannot be used at all.
  static PackFile open(Disk disk, UUID storeId, long id) throws UnusablePackException {
    String name = PackNames.name(id);
    DiskFile file;
    try {
      if (!disk.exists(name)) {
        throw new UnusablePackException("the file is missing", null);
      }
      file = disk.openForReading(name);
    } catch (UnusablePackException e) {
      throw e;
    } catch (IOException e) {
      throw new UnusablePackException("the file cannot be opened: " + e.getMessage(), e);
    }
    try {
      return new PackFile(file, seal(file, storeId, id));
    } catch (UnusablePackException | RuntimeException | Error e) {
      close(file);
      throw e;
    }
  }

  /// The seal of a pack of the store; null if nothing of it can be read.
  static @Nullable Seal sealIn(Disk disk, UUID storeId, long id) {
    try {
      PackFile file = open(disk, storeId, id);
      file.release();
      return file.seal();
    } catch (UnusablePackException e) {
      LOG.debug("{} in {}", PackNames.name(id), disk.describe(), e);
      return null;
    }
  }

  /// Whether a file is a pack of any store, with this id, and whole by its seals.
  static boolean isWhole(DiskFile file, long id) {
    try {
      return seal(file, null, id).pack() == id;
    } catch (UnusablePackException e) {
      LOG.debug("{} is not whole", file.name(), e);
      return false;
    }
  }

  /// The first seal that says that this is the pack, and whole.
  private static Seal seal(DiskFile file, @Nullable UUID storeId, long id)
      throws UnusablePackException {
    long bytes;
    try {
      bytes = file.size();
    } catch (IOException e) {
      throw new UnusablePackException("the file cannot be read: " + e.getMessage(), e);
    }
    if (bytes < Seal.BYTES) {
      throw new UnusablePackException("the file is too short", null);
    }
    String wrong = "both seals are damaged";
    IOException unread = null;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(Seal.BYTES);
      for (long at : new long[] {0, bytes - Seal.BYTES}) {
        try {
          file.readFully(segment, at);
        } catch (IOException e) {
          unread = e;
          continue;
        }
        Seal seal = readSeal(segment);
        if (seal == null) {
          continue;
        }
        boolean otherStore = storeId != null && !seal.storeId().equals(storeId);
        if (otherStore || seal.pack() != id) {
          wrong = otherName(seal, otherStore);
        } else if (seal.fileBytes() != bytes || !seal.isPlausible()) {
          wrong = "the file has %d bytes, its seal says %d".formatted(bytes, seal.fileBytes());
        } else {
          return seal;
        }
      }
    }
    if (unread != null) {
      wrong = "a seal cannot be read: " + unread.getMessage();
    }
    throw new UnusablePackException(wrong, unread);
  }

  private static String otherName(Seal seal, boolean otherStore) {
    return otherStore
        ? "the file is pack %d of store %s".formatted(seal.pack(), seal.storeId())
        : "the file is pack %d of this store; renaming it to %s mends that"
            .formatted(seal.pack(), PackNames.name(seal.pack()));
  }

  private static @Nullable Seal readSeal(MemorySegment segment) throws UnusablePackException {
    return switch (Seal.read(segment)) {
      case Seal.Reading.Valid(Seal seal) -> seal;
      case Seal.Reading.UnknownVersion(int version) ->
          throw new UnusablePackException(
              "the file has format version %d, this program reads %d"
                  .formatted(version, PackLayout.VERSION),
              null);
      case Seal.Reading.Unreadable() -> null;
    };
  }

  long id() {
    return seal.pack();
  }

  Seal seal() {
    return seal;
  }

  void read(MemorySegment target, long offset) throws IOException {
    read(target, offset, true);
  }

  /// @param waits whether the disk may be waited for; without that it fails with
  ///   [NotInMemoryException] where it would
  void read(MemorySegment target, long offset, boolean waits) throws IOException {
    if (waits) {
      file.readFully(target, offset);
    } else if (!file.readFullyNow(target, offset)) {
      throw new NotInMemoryException();
    }
  }

  /// Reads a part whose checksum is known, by way of `scratch`. Fails with
  /// [IllegalArgumentException] if it is damaged.
  Section section(NativeBuffer scratch, long offset, long bytes, int crc, boolean waits)
      throws IOException {
    return new Section(read(scratch, offset, bytes, crc, waits));
  }

  /// Reads a part whose checksum is known into `into`; valid until that is used for something else.
  /// Fails with [IllegalArgumentException] if it is damaged.
  MemorySegment read(NativeBuffer into, long offset, long bytes, int crc, boolean waits)
      throws IOException {
    if (offset < 0 || bytes <= 0 || offset > seal.fileBytes() - bytes) {
      throw new IllegalArgumentException("a part of the file lies beyond its end");
    }
    into.shrink();
    MemorySegment read = into.ensure(bytes, 0).asSlice(0, bytes);
    read(read, offset, waits);
    if (PackLayout.crc(read, 0, bytes) != crc) {
      throw new IllegalArgumentException(
          "bytes %d to %d are damaged".formatted(offset, offset + bytes));
    }
    return read;
  }

  /// The entry of a run; fails with [IllegalArgumentException] if it is damaged.
  RunEntry entry(int index, boolean waits) throws IOException {
    if (index < 0 || index >= seal.runs()) {
      throw new IllegalArgumentException("the pack has no run " + index);
    }
    RunEntry last = lastEntry;
    if (last != null && last.run().index() == index) {
      return last;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(RunEntry.BYTES);
      read(bytes, seal.directoryAt() + (long) index * RunEntry.BYTES, waits);
      RunEntry entry = RunEntry.read(bytes, seal.storeId(), seal.pack(), index);
      lastEntry = entry;
      return entry;
    }
  }

  /// Adds a user; false if the last one has gone.
  boolean retain() {
    return users.join();
  }

  void release() {
    if (users.leave()) {
      close(file);
    }
  }

  /// A file that was only read loses nothing when its close fails.
  static void close(DiskFile file) {
    try {
      file.close();
    } catch (IOException e) {
      LOG.warn("cannot close {}", file.name(), e);
    }
  }
}
