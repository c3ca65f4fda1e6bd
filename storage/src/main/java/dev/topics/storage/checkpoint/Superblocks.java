package dev.topics.storage.checkpoint;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.RefusedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The two copies of a store's superblock.
///
/// A copy is overwritten in place, so that it works on a full disk: first the older one, and the
/// newer one when that is durable, so that one of them is whole at any time. Names are durable
/// before any copy is overwritten, as the other one may be there only by its name. A damaged or
/// missing copy is made again from the other with the next write. Without a whole copy a store does
/// not open, and never counts as new.
///
/// **Threading** one thread at a time, but for [#current].
public final class Superblocks {
  private static final List<String> NAMES = List.of("superblock-a", "superblock-b");
  private static final String UNFINISHED = ".new";
  private static final long FILE_BYTES = 4096;

  /// What may lie in a directory that counts as empty: our lock, and what file systems put there.
  private static final List<String> NOT_DATA = List.of("lock", "lost+found");

  private final Disk disk;
  private volatile Superblock current;
  private long generation;
  private List<String> unreadable = List.of();
  private int newestCopy;

  /// Whether the names of both copies are known to outlive a power cut. Not of what is found: who
  /// made it may have been killed before that was so.
  private boolean namesSynced;

  private Superblocks(Disk disk, Superblock current, long generation, int newestCopy) {
    this.disk = disk;
    this.current = current;
    this.generation = generation;
    this.newestCopy = newestCopy;
  }

  /// Reads the superblock of a directory, or makes the first one in an empty one. Its name is
  /// durable then: what is made beside it must not be all that a power cut leaves.
  public static Superblocks open(Disk disk, RandomGenerator random) throws IOException {
    if (!isEmpty(disk)) {
      Superblocks found = read(disk);
      found.syncNames();
      return found;
    }
    UUID storeId = new UUID(random.nextLong(), random.nextLong());
    Superblock initial = Superblock.initial(storeId, random.nextLong(), bootId(disk));
    Superblocks created = new Superblocks(disk, initial, 0, 1);
    created.write(initial);
    return created;
  }

  /// Fails with [RefusedException] where [#open] would, before anybody leaves as much as a lock.
  public static void refuseForeign(Disk disk) throws IOException {
    if (!isEmpty(disk)) {
      read(disk);
    }
  }

  /// Reads the superblock of a directory, changing nothing. Fails with [RefusedException] if what
  /// is in it is not what this version can read.
  public static Superblocks read(Disk disk) throws IOException {
    List<String> unreadable = new ArrayList<>();
    SuperblockCodec.Reading.@Nullable Valid best = null;
    int bestCopy = 0;
    for (int i = 0; i < NAMES.size(); i++) {
      SuperblockCodec.Reading reading = readCopy(disk, NAMES.get(i));
      if (reading instanceof SuperblockCodec.Reading.UnknownVersion(int version)) {
        throw new RefusedException(
            "%s: %s has format version %d, this program reads %d"
                .formatted(disk.describe(), NAMES.get(i), version, SuperblockCodec.VERSION));
      }
      if (reading instanceof SuperblockCodec.Reading.Unreadable) {
        unreadable.add(NAMES.get(i));
      }
      if (reading instanceof SuperblockCodec.Reading.Valid valid) {
        if (best != null && !sameStore(best, valid)) {
          throw new RefusedException(
              "%s: the superblocks belong to different stores".formatted(disk.describe()));
        }
        if (best == null || valid.generation() > best.generation()) {
          best = valid;
          bestCopy = i;
        }
      }
    }
    if (best == null && isEmpty(disk)) {
      throw new IOException(disk.describe() + " is empty: no data directory");
    }
    if (best == null) {
      throw new RefusedException(
          "%s: there are files, but no readable superblock (%s): not a data directory, or a damaged"
                  .formatted(disk.describe(), String.join(", ", NAMES))
              + " one; a new store starts only in an empty directory");
    }
    Superblocks read = new Superblocks(disk, best.superblock(), best.generation(), bestCopy);
    read.unreadable = List.copyOf(unreadable);
    return read;
  }

  /// Names of copies that were damaged or missing when read.
  public List<String> unreadable() {
    return unreadable;
  }

  public Superblock current() {
    return current;
  }

  /// Makes `next` durable in both copies. After a failure `next` may be on the disk or not, and the
  /// copy that was being written may be torn: it is the first that the next attempt writes, and the
  /// other one, which is whole, is not touched before that is durable.
  public void write(Superblock next) throws IOException {
    generation++;
    int first = 1 - newestCopy;
    int second = newestCopy;
    writeCopy(NAMES.get(first), next);
    newestCopy = first;
    writeCopy(NAMES.get(second), next);
    syncNames();
    current = next;
  }

  /// The boot id of the kernel as a superblock keeps it.
  public static UUID bootId(Disk disk) throws IOException {
    return UUID.fromString(disk.bootId());
  }

  private static boolean isEmpty(Disk disk) throws IOException {
    for (String name : disk.list("")) {
      boolean unfinished = NAMES.stream().anyMatch(copy -> name.equals(copy + UNFINISHED));
      if (!unfinished && !NOT_DATA.contains(name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameStore(
      SuperblockCodec.Reading.Valid a, SuperblockCodec.Reading.Valid b) {
    return a.superblock().storeId().equals(b.superblock().storeId());
  }

  private static SuperblockCodec.Reading readCopy(Disk disk, String name) throws IOException {
    if (!disk.exists(name)) {
      return new SuperblockCodec.Reading.Unreadable();
    }
    try (DiskFile file = disk.openForReading(name)) {
      if (file.size() < SuperblockCodec.BYTES) {
        return new SuperblockCodec.Reading.Unreadable();
      }
      MemorySegment bytes = MemorySegment.ofArray(new byte[SuperblockCodec.BYTES]);
      file.readFully(bytes, 0);
      return SuperblockCodec.read(bytes);
    }
  }

  private void writeCopy(String name, Superblock next) throws IOException {
    MemorySegment bytes = MemorySegment.ofArray(new byte[SuperblockCodec.BYTES]);
    SuperblockCodec.write(bytes, generation, next);
    if (disk.exists(name)) {
      syncNames();
      overwrite(name, bytes);
    } else {
      create(name, bytes);
    }
  }

  private void syncNames() throws IOException {
    if (!namesSynced) {
      disk.syncDirectory("");
      namesSynced = true;
    }
  }

  private void overwrite(String name, MemorySegment bytes) throws IOException {
    try (DiskFile file = disk.open(name)) {
      file.writeFully(bytes, 0);
      file.sync();
    }
  }

  private void create(String name, MemorySegment bytes) throws IOException {
    String unfinished = name + UNFINISHED;
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    try (DiskFile file = disk.create(unfinished)) {
      file.zeroFill(0, FILE_BYTES);
      file.writeFully(bytes, 0);
      file.sync();
    }
    namesSynced = false;
    disk.rename(unfinished, name);
  }
}
