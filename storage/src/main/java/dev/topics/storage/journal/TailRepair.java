package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.DiskFullException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Makes the recovered log durable and its end clean, before anything is served from it.
///
/// What a run before did not sync is in the page cache at best, perhaps marked as clean by a sync
/// that failed: it is written again, to a fresh file that takes the place of the old one. Files
/// behind the end go first, the last one first. Each step is durable before the next, and a crash
/// between two leaves a log with the same frames and the same end.
final class TailRepair {
  private final Disk disk;
  private final JournalIdentity identity;
  private final List<JournalFile> opened = new ArrayList<>();

  TailRepair(Disk disk, JournalIdentity identity) {
    this.disk = disk;
    this.identity = identity;
  }

  /// The mappings that are not part of the result are ended.
  Recovered repair(Diagnosis found) throws IOException {
    try {
      return repairAll(found);
    } catch (IOException | RuntimeException | Error e) {
      for (JournalFile file : opened) {
        file.unmap();
      }
      throw e;
    }
  }

  /// Files that a crash left half made, and those that were released before it.
  void deleteLeftovers() throws IOException {
    for (String name : disk.list(JournalFile.DIRECTORY)) {
      long sequence = JournalFile.sequence(name);
      boolean released = sequence != -1 && sequence < identity.firstSequence();
      if (released || JournalFile.isUnfinished(name)) {
        disk.delete(JournalFile.DIRECTORY + "/" + name);
      }
    }
  }

  private Recovered repairAll(Diagnosis found) throws IOException {
    LogEnd end = found.end();
    deleteLeftovers();
    if (!found.isSpotless()) {
      deleteBehind(found.files(), end.fileIndex());
    }
    List<JournalFile> files = new ArrayList<>();
    for (int i = 0; i <= end.fileIndex(); i++) {
      JournalFile old = found.files().get(i);
      boolean changed = found.needsRewrite(i);
      boolean fresh = changed && rewrite(old, found.extent(i));
      if (!fresh && !found.pageHolds(i)) {
        restorePage(old);
      }
      boolean last = i == end.fileIndex();
      JournalFile file = last ? reopen(old) : changed ? remap(old) : old;
      found.extent(i).begin(file);
      files.add(file);
    }
    List<JournalFile> spares = new ArrayList<>();
    for (int i = end.fileIndex() + 1; i < found.files().size() && found.isSpotless(); i++) {
      if (!found.pageHolds(i)) {
        restorePage(found.files().get(i));
      }
      spares.add(reopen(found.files().get(i)));
    }
    long lastSequence = (spares.isEmpty() ? files : spares).getLast().sequence();
    return new Recovered(
        files, spares, end.offset(), end.lastLsn(), end.lastCrc(), lastSequence + 1);
  }

  private void deleteBehind(List<JournalFile> files, int lastIndex) throws IOException {
    for (int i = files.size() - 1; i > lastIndex; i--) {
      files.get(i).unmap();
      disk.delete(files.get(i).name());
      disk.syncDirectory(JournalFile.DIRECTORY);
    }
  }

  private JournalFile remap(JournalFile old) throws IOException {
    old.unmap();
    JournalFile file = JournalFile.mapForReading(disk, old.sequence(), identity.salt());
    opened.add(file);
    return file;
  }

  private JournalFile reopen(JournalFile old) throws IOException {
    old.unmap();
    DiskFile handle = disk.open(old.name());
    JournalFile file = JournalFile.mapForWriting(disk, handle, old.sequence(), identity.salt());
    opened.add(file);
    return file;
  }

  /// Puts a synced copy in the place of a file: the same frames at the same offsets, then zeros.
  /// False if the disk was too full for a copy, and the file was rewritten where it is.
  private boolean rewrite(JournalFile old, LogScan.Extent extent) throws IOException {
    String unfinished = JournalFile.unfinishedName(old.sequence());
    try (DiskFile copy = disk.create(unfinished)) {
      MemorySegment page = headerPage(old);
      new SyncSlots(page, old.tag(0)).write(extent.lastLsn(), identity.bootEpoch());
      copy.writeFully(page, 0);
      copyFrames(old, copy, extent.endOffset());
      copy.zeroFill(extent.endOffset(), old.bytes());
      copy.sync();
    } catch (DiskFullException e) {
      disk.delete(unfinished);
      rewriteInPlace(old, extent);
      return false;
    }
    disk.rename(unfinished, old.name());
    disk.syncDirectory(JournalFile.DIRECTORY);
    return true;
  }

  /// Every write puts what is there already, or a zero behind the end, so that a crash in between
  /// leaves the same log. The first page is left alone.
  private void rewriteInPlace(JournalFile old, LogScan.Extent extent) throws IOException {
    try (DiskFile file = disk.open(old.name())) {
      copyFrames(old, file, extent.endOffset());
      file.zeroFill(extent.endOffset(), old.bytes());
      file.sync();
    }
  }

  private static void copyFrames(JournalFile from, DiskFile to, long endOffset) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment chunk = arena.allocate(Math.min(DiskFile.CHUNK_BYTES, from.bytes()));
      for (long at = FileHeader.PAGE_BYTES; at < endOffset; at += chunk.byteSize()) {
        long bytes = Math.min(chunk.byteSize(), endOffset - at);
        from.load(at, at + bytes);
        MemorySegment.copy(from.segment(), at, chunk, 0, bytes);
        to.writeFully(chunk.asSlice(0, bytes), at);
      }
    }
  }

  private void restorePage(JournalFile old) throws IOException {
    try (DiskFile file = disk.open(old.name())) {
      writeHeader(file, old);
      file.sync();
    }
  }

  /// Leaves the sync slots alone.
  private void writeHeader(DiskFile file, JournalFile old) throws IOException {
    file.writeFully(headerPage(old).asSlice(0, FileHeader.BYTES), 0);
  }

  private MemorySegment headerPage(JournalFile file) {
    MemorySegment page = MemorySegment.ofArray(new byte[FileHeader.PAGE_BYTES]);
    FileHeader.write(page, file.sequence(), file.bytes(), identity.storeId());
    return page;
  }
}
