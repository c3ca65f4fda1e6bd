package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.RefusedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The journal files that a disk holds, mapped for reading, their first pages checked.
final class FilesOnDisk {
  private final List<JournalFile> files = new ArrayList<>();
  private final List<Boolean> pageHolds = new ArrayList<>();

  private FilesOnDisk() {}

  static FilesOnDisk open(Disk disk, JournalIdentity identity) throws IOException {
    FilesOnDisk opened = new FilesOnDisk();
    try {
      for (long sequence : sequences(disk, identity)) {
        opened.files.add(JournalFile.mapForReading(disk, sequence, identity.salt()));
        opened.pageHolds.add(opened.checkPage(identity));
      }
      return opened;
    } catch (IOException | RuntimeException | Error e) {
      opened.unmap();
      throw e;
    }
  }

  void unmap() {
    files.forEach(JournalFile::unmap);
  }

  List<JournalFile> files() {
    return files;
  }

  /// Whether the first page of a file is intact. If it is not, its frames may still be.
  boolean pageHolds(int fileIndex) {
    return pageHolds.get(fileIndex);
  }

  /// The highest durable lsn that a sync slot tells.
  long durableLsn() {
    long lsn = 0;
    for (JournalFile file : files) {
      lsn = Math.max(lsn, file.slots().durableLsn());
    }
    return lsn;
  }

  /// Files are made in order, each when the name of the one before is durable: a gap is damage.
  private static List<Long> sequences(Disk disk, JournalIdentity identity) throws IOException {
    List<Long> sequences = new ArrayList<>();
    for (String name : disk.list(JournalFile.DIRECTORY)) {
      long sequence = JournalFile.sequence(name);
      if (sequence >= identity.firstSequence()) {
        sequences.add(sequence);
      }
    }
    if (sequences.isEmpty() && identity.started()) {
      throw missing(identity.firstSequence());
    }
    for (int i = 0; i < sequences.size(); i++) {
      if (sequences.get(i) != identity.firstSequence() + i) {
        throw missing(identity.firstSequence() + i);
      }
    }
    long start = identity.start().sequence();
    long end = identity.firstSequence() + Math.max(1, sequences.size());
    if (start < identity.firstSequence() || start >= end) {
      throw missing(start);
    }
    return sequences;
  }

  /// Whether the page of the file opened last holds; fails if it is that of another file.
  private boolean checkPage(JournalIdentity identity) throws IOException {
    JournalFile file = files.getLast();
    file.load(0, FileHeader.PAGE_BYTES);
    MemorySegment page = file.segment().asSlice(0, FileHeader.PAGE_BYTES);
    return switch (FileHeader.read(page)) {
      case FileHeader.Reading.Unreadable() -> false;
      case FileHeader.Reading.UnknownVersion(int version) ->
          throw new RefusedException(
              "%s has format version %d, this program reads %d"
                  .formatted(file.name(), version, FileHeader.VERSION));
      case FileHeader.Reading.Valid valid -> {
        checkOwner(file, valid, identity);
        yield true;
      }
    };
  }

  private static void checkOwner(
      JournalFile file, FileHeader.Reading.Valid page, JournalIdentity identity)
      throws DamagedException {
    if (!page.storeId().equals(identity.storeId())) {
      throw damaged(file.name(), "a file of another store, " + page.storeId());
    }
    if (page.sequence() != file.sequence()) {
      throw damaged(file.name(), otherName(page.sequence()));
    }
    if (page.fileBytes() > file.bytes()) {
      throw damaged(
          file.name(), "cut from %d to %d bytes".formatted(page.fileBytes(), file.bytes()));
    }
  }

  /// What is wrong with a file of this store that has not its own name.
  static String otherName(long sequence) {
    return "it is the file that was made as number %d; renaming it to %s mends that"
        .formatted(sequence, JournalFile.name(sequence));
  }

  private static DamagedException missing(long sequence) {
    return damaged(JournalFile.name(sequence), "the file is missing");
  }

  private static DamagedException damaged(String name, String what) {
    return new DamagedException(new Damage(name, 0, 0, 0, 0, what));
  }
}
