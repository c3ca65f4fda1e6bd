package dev.topics.storage;

import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.checkpoint.Superblocks;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.journal.JournalVerifier;
import dev.topics.storage.journal.VerifyReport;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryNotEmptyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.UUID;

/// Copies a store into an empty directory, while a server may have it open and writes to it.
///
/// The copy is what a `kill -9` at some moment after the start would have left, and opens as such:
/// everything that was acknowledged before the start is in it. The store is neither locked nor
/// changed, and its writers do not notice. What makes that right is the order:
///
/// - first the superblocks are read, so that they promise no more than the files hold;
/// - journal files are copied from the newest to the oldest, each from its start to its end: so no
///   copy has frames behind a place where an earlier copy lacks some, and the places that tell what
///   is durable are older than the frames that were copied;
/// - packs and checkpoints never change, and packs are collected before the journal and after each
///   of its files;
/// - the superblocks are written last, so that an unfinished copy does not open.
///
/// A file may go away meanwhile. Then all is begun again; and a copy counts only if a verification
/// of every byte finds it sound.
///
/// **Threading** One thread at a time. Blocks on the disk.
public final class Backup {
  private static final int ATTEMPTS = 5;
  private static final int BUFFER_BYTES = 1 << 20;
  private static final List<String> SUPERBLOCKS = List.of("superblock-a", "superblock-b");
  private static final List<String> DIRECTORIES = List.of("checkpoints", "packs", "journal");
  private static final String UNFINISHED = ".new";

  private final Disk source;
  private final Disk target;
  private final Arena arena;
  private final MemorySegment buffer;
  private final SequencedSet<String> written = new LinkedHashSet<>();
  private long copiedBytes;
  private long linkedFiles;

  private Backup(Disk source, Disk target, Arena arena) {
    this.source = source;
    this.target = target;
    this.arena = arena;
    buffer = arena.allocate(BUFFER_BYTES);
  }

  /// What was copied, and what the verification of the copy says.
  ///
  /// @param linkedFiles packs and checkpoints that needed no copy: both directories have them
  public record Report(
      UUID storeId, long copiedBytes, long linkedFiles, VerifyReport journal, FilesReport files) {}

  /// What the owner of the frames finds wrong with a copy.
  @FunctionalInterface
  public interface Check {
    /// In words; empty if nothing is.
    List<String> faults(Disk copy) throws IOException;
  }

  /// Something that was listed is there no more.
  private static final class VanishedException extends IOException {
    private static final long serialVersionUID = 1;

    VanishedException(String name) {
      super(name + " went away");
    }
  }

  /// Copies `source` to `target`. Fails with [DirectoryNotEmptyException] if `target` has anything
  /// in it, with [RefusedException] if `source` is no store that can be read, and with
  /// [DiskFailedException] if no copy was sound: then `source` is damaged, or changes too fast.
  ///
  /// @param check says whether the packs that the copied journal speaks of are in the copy: they
  ///   may have come and gone while older files were copied
  public static Report copy(Disk source, Disk target, Check check) throws IOException {
    if (!isEmpty(target)) {
      throw new DirectoryNotEmptyException(target.describe());
    }
    try (Arena arena = Arena.ofConfined()) {
      String reason = "";
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        Backup backup = new Backup(source, target, arena);
        try {
          Report report = backup.attempt();
          List<String> faults = backup.faults(report, check);
          if (faults.isEmpty()) {
            return report;
          }
          reason = "the copy is not sound: " + faults.getFirst();
        } catch (VanishedException e) {
          reason = String.valueOf(e.getMessage());
        } catch (IOException | RuntimeException | Error e) {
          backup.removeAfter(e);
          throw e;
        }
        backup.remove();
      }
      throw new DiskFailedException(
          "%s could not be copied, tried %d times: %s"
              .formatted(source.describe(), ATTEMPTS, reason));
    }
  }

  /// Empty directories that an earlier attempt left count for nothing.
  private static boolean isEmpty(Disk target) throws IOException {
    for (String name : target.list("")) {
      if (!DIRECTORIES.contains(name) || !target.list(name).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private List<String> faults(Report report, Check check) throws IOException {
    List<String> faults = new ArrayList<>();
    report.journal().damage().forEach(damage -> faults.add(damage.toString()));
    faults.addAll(report.files().damage());
    return faults.isEmpty() ? check.faults(target) : faults;
  }

  private Report attempt() throws IOException {
    Superblock promised = Superblocks.read(source).current();
    Map<String, MemorySegment> superblocks = readSuperblocks();
    collect("checkpoints");
    collect("packs");
    copyJournal();
    for (String directory : DIRECTORIES) {
      target.syncDirectory(directory);
    }
    for (Map.Entry<String, MemorySegment> superblock : superblocks.entrySet()) {
      written.add(superblock.getKey());
      try (DiskFile file = target.create(superblock.getKey())) {
        file.writeFully(superblock.getValue(), 0);
        file.sync();
      }
    }
    target.syncDirectory("");
    VerifyReport journal = JournalVerifier.verify(target, frame -> {});
    FilesReport files = FilesVerifier.verify(target, promised);
    return new Report(promised.storeId(), copiedBytes, linkedFiles, journal, files);
  }

  private Map<String, MemorySegment> readSuperblocks() throws IOException {
    Map<String, MemorySegment> superblocks = new HashMap<>();
    for (String name : SUPERBLOCKS) {
      if (source.exists(name)) {
        try (DiskFile file = source.openForReading(name)) {
          MemorySegment bytes = arena.allocate(file.size());
          file.readFully(bytes, 0);
          superblocks.put(name, bytes);
        }
      }
    }
    return superblocks;
  }

  /// Links or copies the files of a directory that never change.
  private void collect(String directory) throws IOException {
    target.makeDirectory(directory);
    for (String file : source.list(directory)) {
      String name = directory + "/" + file;
      if (file.endsWith(UNFINISHED) || written.contains(name)) {
        continue;
      }
      if (source.link(name, target)) {
        written.add(name);
        linkedFiles++;
      } else {
        copyFile(name);
      }
    }
  }

  private void copyJournal() throws IOException {
    target.makeDirectory("journal");
    for (String file : source.list("journal").reversed()) {
      if (!file.endsWith(UNFINISHED)) {
        copyFile("journal/" + file);
        collect("packs");
      }
    }
  }

  private void copyFile(String name) throws IOException {
    DiskFile opened;
    try {
      opened = source.openForReading(name);
    } catch (DiskException e) {
      if (!source.exists(name)) {
        throw new VanishedException(name);
      }
      throw e;
    }
    written.add(name);
    try (DiskFile from = opened;
        DiskFile to = target.create(name)) {
      long size = from.size();
      for (long at = 0; at < size; ) {
        MemorySegment part = buffer.asSlice(0, Math.min(BUFFER_BYTES, size - at));
        from.readFully(part, at);
        to.writeFully(part, at);
        at += part.byteSize();
      }
      to.sync();
      copiedBytes += size;
    }
  }

  /// Leaves the target as it was found, or cleaner.
  private void remove() throws IOException {
    for (String name : written.reversed()) {
      if (target.exists(name)) {
        target.delete(name);
      }
    }
    written.clear();
    for (String directory : DIRECTORIES) {
      target.removeDirectory(directory);
    }
  }

  private void removeAfter(Throwable failure) {
    try {
      remove();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
