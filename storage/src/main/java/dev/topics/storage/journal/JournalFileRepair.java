package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.RefusedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.TreeSet;

/// Makes the files of a journal a row without gaps again.
///
/// A file that is missing, cut or another one's gets its size and a first page that does not hold:
/// so whoever comes next knows that frames may be missing in it, until [#restorePages].
final class JournalFileRepair {
  private static final long BYTES_MIN = 16 * FileHeader.PAGE_BYTES;

  private final Disk disk;
  private final JournalIdentity identity;
  private final List<LogStart> anchors;
  private final Quarantine quarantine;
  private final List<Damage> damage;
  private final List<String> notes;
  private final TreeSet<Long> there = new TreeSet<>();

  /// @param anchors places from which a recovery may start
  /// @param damage takes what keeps a store from opening
  /// @param notes takes what a start mends too, if no frames are missing
  JournalFileRepair(
      Disk disk,
      JournalIdentity identity,
      List<LogStart> anchors,
      Quarantine quarantine,
      List<Damage> damage,
      List<String> notes) {
    this.disk = disk;
    this.identity = identity;
    this.anchors = anchors;
    this.quarantine = quarantine;
    this.damage = damage;
    this.notes = notes;
  }

  void restoreFiles() throws IOException {
    for (String name : disk.list(JournalFile.DIRECTORY)) {
      long sequence = JournalFile.sequence(name);
      if (sequence >= identity.firstSequence()) {
        there.add(sequence);
      }
    }
    if (there.isEmpty() && !identity.started()) {
      return;
    }
    long last = there.isEmpty() ? identity.firstSequence() : there.getLast();
    for (LogStart anchor : anchors) {
      last = Math.max(last, anchor.sequence());
    }
    long bytes = usualBytes();
    disk.makeDirectory(JournalFile.DIRECTORY);
    disk.syncDirectory("");
    for (long sequence = identity.firstSequence(); sequence <= last; sequence++) {
      if (there.contains(sequence)) {
        restoreFile(sequence, bytes);
      } else {
        lost(sequence, "the file is missing");
        make(sequence, bytes);
      }
    }
  }

  private long usualBytes() throws IOException {
    long bytes = BYTES_MIN;
    for (LogStart anchor : anchors) {
      bytes = Math.max(bytes, FileHeader.pages(anchor.offset() + BYTES_MIN));
    }
    for (long sequence : there) {
      try (DiskFile file = disk.openForReading(JournalFile.name(sequence))) {
        bytes = Math.max(bytes, FileHeader.pages(file.size()));
      }
    }
    return bytes;
  }

  private void restoreFile(long sequence, long usualBytes) throws IOException {
    String name = JournalFile.name(sequence);
    MemorySegment page = MemorySegment.ofArray(new byte[FileHeader.PAGE_BYTES]);
    long bytes;
    try (DiskFile file = disk.openForReading(name)) {
      bytes = file.size();
      file.readFully(page.asSlice(0, Math.min(bytes, page.byteSize())), 0);
    }
    switch (FileHeader.read(page)) {
      case FileHeader.Reading.Unreadable() -> {
        boolean holdsPage = bytes >= FileHeader.PAGE_BYTES;
        if (holdsPage) {
          notes.add(name + ": the first page is damaged");
        } else {
          lost(sequence, "cut to %d bytes".formatted(bytes));
        }
        restoreSize(name, bytes, holdsPage ? FileHeader.pages(bytes) : usualBytes);
      }
      case FileHeader.Reading.UnknownVersion(int version) ->
          throw new RefusedException(
              "%s has format version %d, this program reads %d"
                  .formatted(name, version, FileHeader.VERSION));
      case FileHeader.Reading.Valid valid -> {
        boolean ours = valid.storeId().equals(identity.storeId());
        if (!ours || valid.sequence() != sequence) {
          lost(
              sequence,
              ours ? FilesOnDisk.otherName(valid.sequence()) : "it is a file of another store");
          restoreSize(name, bytes, FileHeader.pages(bytes));
        } else if (valid.fileBytes() > bytes) {
          lost(sequence, "cut from %d to %d bytes".formatted(valid.fileBytes(), bytes));
          restoreSize(name, bytes, valid.fileBytes());
        }
      }
    }
  }

  private void lost(long sequence, String what) {
    damage.add(new Damage(JournalFile.name(sequence), 0, 0, 0, 0, what));
  }

  /// First the header goes, durably; the sync slots stay.
  private void restoreSize(String name, long bytes, long newBytes) throws IOException {
    quarantine.keep(name);
    try (DiskFile file = disk.open(name)) {
      file.writeFully(MemorySegment.ofArray(new byte[FileHeader.BYTES]), 0);
      file.sync();
      long end = Math.max(bytes, FileHeader.BYTES);
      if (end < newBytes) {
        file.zeroFill(end, newBytes);
        file.sync();
      }
    }
  }

  /// Makes a file without frames and without a first page that holds.
  void make(long sequence, long bytes) throws IOException {
    String unfinished = JournalFile.unfinishedName(sequence);
    if (disk.exists(unfinished)) {
      disk.delete(unfinished);
    }
    try (DiskFile file = disk.create(unfinished)) {
      file.zeroFill(0, bytes);
      file.sync();
    }
    disk.rename(unfinished, JournalFile.name(sequence));
    disk.syncDirectory(JournalFile.DIRECTORY);
  }

  /// Makes first pages hold where they do not, as nothing is missing behind them any more.
  void restorePages(List<Long> sequences) throws IOException {
    for (long sequence : sequences) {
      try (DiskFile file = disk.open(JournalFile.name(sequence))) {
        MemorySegment page = MemorySegment.ofArray(new byte[FileHeader.PAGE_BYTES]);
        FileHeader.write(page, sequence, file.size(), identity.storeId());
        file.writeFully(page.asSlice(0, FileHeader.BYTES), 0);
        file.sync();
      }
    }
  }
}
