package dev.topics.storage;

import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.checkpoint.Superblocks;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.journal.Damage;
import dev.topics.storage.journal.JournalVerifier;
import dev.topics.storage.journal.VerifyReport;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryNotEmptyException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/// Copies a store into an empty directory, while a server may have it open and writes to it.
///
/// The copy is what a `kill -9` at some moment after the start would have left, and opens as such:
/// everything that was acknowledged before the start is in it. The store is neither locked nor
/// changed, and its writers do not notice. What makes that right is the order:
///
/// - packs never change, and no other one ever has the name of one: they are collected ahead, over
///   and over until little is left to do. What follows is short, whatever the size of the store:
///   the server must not free too much meanwhile;
/// - then the superblocks are read, so that they promise no more than the files hold;
/// - checkpoints never change while they are relied on, and come next;
/// - journal files are copied from the newest to the oldest, each from its start to its end: so no
///   copy has frames behind a place where an earlier copy lacks some, and the places that tell what
///   is durable are older than the frames that were copied;
/// - packs that came meanwhile are collected before the journal and after each of its files: one is
///   there before a frame refers to it. One that goes away was either replaced before the journal
///   was read, and nobody misses it, or is found missing;
/// - the superblocks are written last, so that an unfinished copy does not open.
///
/// A copy counts only if a verification of every byte finds it sound. If it lacks what went away
/// meanwhile, all but the packs is copied again. Packs that the copy does not refer to are removed.
///
/// **Threading** One thread at a time. Blocks on the disk.
public final class Backup {
  private static final int ATTEMPTS = 5;
  private static final int PASSES_MAX = 10;
  private static final List<String> SUPERBLOCKS = List.of("superblock-a", "superblock-b");
  private static final String CHECKPOINTS = Checkpoints.DIRECTORY;
  private static final String PACKS = Packs.DIRECTORY;
  private static final String JOURNAL = "journal";
  private static final List<String> DIRECTORIES = List.of(CHECKPOINTS, PACKS, JOURNAL);
  private static final String UNFINISHED = ".new";

  private final Disk source;
  private final Disk target;
  private final Check check;
  private final Arena arena;
  private final Copies copies;

  private Backup(Disk source, Disk target, Check check, Arena arena) {
    this.source = source;
    this.target = target;
    this.check = check;
    this.arena = arena;
    copies = new Copies(source, target, arena);
  }

  /// What was copied, and what the verification of the copy says.
  ///
  /// @param linkedFiles packs and checkpoints that needed no copy: both directories have them
  public record Report(
      UUID storeId, long copiedBytes, long linkedFiles, VerifyReport journal, FilesReport files) {}

  /// How the owner of the frames takes part in the verification of a copy.
  @FunctionalInterface
  public interface Check {
    /// Begins with what the newest checkpoint of `copy` says; all frames follow.
    FrameVerifier begin(Disk copy) throws IOException;
  }

  /// A copy that does not count; the next one may.
  private static final class UselessCopyException extends IOException {
    private static final long serialVersionUID = 1;

    UselessCopyException(String reason) {
      super(reason);
    }
  }

  /// Copies `source` to `target`. Fails with [DirectoryNotEmptyException] if `target` has anything
  /// in it, with [dev.topics.storage.disk.RefusedException] if `source` is no store that can be
  /// read, and with [DiskFailedException] if no copy was sound: then `source` is damaged, or
  /// changes too fast.
  public static Report copy(Disk source, Disk target, Check check) throws IOException {
    if (!isEmpty(target)) {
      throw new DirectoryNotEmptyException(target.describe());
    }
    try (Arena arena = Arena.ofConfined()) {
      Backup backup = new Backup(source, target, check, arena);
      try {
        return backup.copy();
      } catch (IOException | RuntimeException | Error e) {
        backup.removeAfter(e);
        throw e;
      }
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

  private Report copy() throws IOException {
    UUID storeId = Superblocks.read(source).current().storeId();
    for (String directory : DIRECTORIES) {
      target.makeDirectory(directory);
    }
    String reason = "";
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        collectAhead();
        copyOneMoment();
        return verify(storeId);
      } catch (UselessCopyException e) {
        reason = String.valueOf(e.getMessage());
        copies.removeIf(name -> !name.startsWith(PACKS + "/"));
      }
    }
    throw new DiskFailedException(
        "%s could not be copied, tried %d times: %s"
            .formatted(source.describe(), ATTEMPTS, reason));
  }

  /// Collects packs until those that came during a pass are no more than the journal, which has to
  /// be copied at once as well. What went away is not kept: it is not needed any more.
  private void collectAhead() throws IOException {
    for (int pass = 0; pass < PASSES_MAX; pass++) {
      copies.removeIf(name -> name.startsWith(PACKS + "/") && !source.exists(name));
      long before = copies.copiedBytes();
      collectPacks();
      if (copies.copiedBytes() - before <= copies.bytesOf(JOURNAL, Backup::isFinished)) {
        return;
      }
    }
  }

  private void copyOneMoment() throws IOException {
    Map<String, MemorySegment> superblocks = readSuperblocks();
    for (String file : finishedFiles(CHECKPOINTS)) {
      String name = CHECKPOINTS + "/" + file;
      requireThere(name, copies.linkOrCopy(name));
    }
    collectPacks();
    for (String file : finishedFiles(JOURNAL).reversed()) {
      String name = JOURNAL + "/" + file;
      requireThere(name, copies.copy(name));
      collectPacks();
    }
    for (String directory : DIRECTORIES) {
      target.syncDirectory(directory);
    }
    for (Map.Entry<String, MemorySegment> superblock : superblocks.entrySet()) {
      copies.write(superblock.getKey(), superblock.getValue());
    }
    target.syncDirectory("");
  }

  private static void requireThere(String name, boolean isThere) throws UselessCopyException {
    if (!isThere) {
      throw new UselessCopyException(name + " went away");
    }
  }

  private Map<String, MemorySegment> readSuperblocks() throws IOException {
    Map<String, MemorySegment> superblocks = new TreeMap<>();
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

  private List<String> finishedFiles(String directory) throws IOException {
    return source.list(directory).stream().filter(Backup::isFinished).toList();
  }

  private static boolean isFinished(String file) {
    return !file.endsWith(UNFINISHED);
  }

  /// Brings the packs that the target lacks, but for those that go away.
  private void collectPacks() throws IOException {
    for (String file : finishedFiles(PACKS)) {
      String name = PACKS + "/" + file;
      if (!copies.has(name)) {
        copies.linkOrCopy(name);
      }
    }
  }

  /// Packs are read last, and once: all else can be wrong only because it changed too fast.
  private Report verify(UUID storeId) throws IOException {
    Superblock promised = Superblocks.read(target).current();
    FilesVerifier files = new FilesVerifier(target, promised);
    files.verifyCheckpoints();
    requireNone(files.report().damage());
    FrameVerifier frames = check.begin(target);
    VerifyReport journal = JournalVerifier.verify(target, frames);
    requireNone(journal.damage().stream().map(Damage::toString).toList());
    requireNone(frames.findings());
    verifyPacks(files, frames);
    return new Report(storeId, copies.copiedBytes(), copies.linkedFiles(), journal, files.report());
  }

  private void verifyPacks(FilesVerifier files, FrameVerifier frames) throws IOException {
    Map<Long, List<PackedRun>> packs = frames.packedRuns();
    Set<String> needed = new HashSet<>();
    for (Map.Entry<Long, List<PackedRun>> pack : packs.entrySet()) {
      String name = Packs.fileName(pack.getKey());
      needed.add(name);
      if (!copies.has(name)) {
        files.verifyPack(pack.getKey(), pack.getValue(), frames::describe);
      }
    }
    requireNone(files.report().damage());
    copies.removeIf(name -> name.startsWith(PACKS + "/") && !needed.contains(name));
    target.syncDirectory(PACKS);
    for (Map.Entry<Long, List<PackedRun>> pack : packs.entrySet()) {
      if (!files.verifyPack(pack.getKey(), pack.getValue(), frames::describe)) {
        String damaged = Packs.fileName(pack.getKey());
        copies.removeIf(name -> name.equals(damaged));
      }
    }
    requireNone(files.report().damage());
  }

  private static void requireNone(List<String> faults) throws UselessCopyException {
    if (!faults.isEmpty()) {
      throw new UselessCopyException("the copy is not sound: " + faults.getFirst());
    }
  }

  /// Leaves the target as it was found, or cleaner.
  private void removeAfter(Throwable failure) {
    try {
      copies.removeIf(name -> true);
      for (String directory : DIRECTORIES) {
        target.removeDirectory(directory);
      }
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }
}
