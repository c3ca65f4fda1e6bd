package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import java.io.IOException;
import java.util.List;

/// Opens the journal that a run before left: replay, then decide what the end of the log is.
///
/// The first frame that is missing or not valid is *damage* if it was durable, as the superblock, a
/// sync slot or the header of a later frame tells; then nothing is changed. Otherwise it is a *torn
/// tail*, which the crash explains, and is cut off. DESIGN.md has the table.
///
/// May itself be cut short anywhere, and repeated: until the repair is durable nothing that it
/// would decide on has changed.
final class Recovery {
  private final Disk disk;
  private final JournalIdentity identity;
  private final FrameHandler handler;

  Recovery(Disk disk, JournalIdentity identity, FrameHandler handler) {
    this.disk = disk;
    this.identity = identity;
    this.handler = handler;
  }

  Recovered run() throws IOException {
    disk.makeDirectory(JournalFile.DIRECTORY);
    // Names that are there may be those of a run that died before it synced them.
    disk.syncDirectory("");
    disk.syncDirectory(JournalFile.DIRECTORY);
    FilesOnDisk found = FilesOnDisk.open(disk, identity);
    try {
      if (found.files().isEmpty()) {
        return empty();
      }
      return recover(found);
    } catch (InternalError e) {
      found.files().forEach(JournalFile::unmap);
      throw new DiskFailedException("the journal cannot be read: " + e.getMessage());
    } catch (IOException | RuntimeException | Error e) {
      found.files().forEach(JournalFile::unmap);
      throw e;
    }
  }

  private Recovered empty() throws IOException {
    new TailRepair(disk, identity).deleteUnfinished();
    return new Recovered(
        List.of(),
        List.of(),
        FileHeader.PAGE_BYTES,
        identity.startLsn(),
        identity.startCrc(),
        identity.firstSequence());
  }

  private Recovered recover(FilesOnDisk found) throws IOException {
    List<JournalFile> files = found.files();
    LogScan scan = new LogScan(files, identity.startLsn(), identity.startCrc(), handler);
    LogEnd end = scan.run();
    boolean closed = identity.clean() && end.lastLsn() == identity.durableLsn();
    if (closed && end.found() == Verdict.EMPTY) {
      return repair(
          new TailRepair.Findings(found, scan.extents(), end, end.lastLsn(), false, true));
    }
    TailScan tail = new TailScan(end.lastLsn(), null).scan(files, end.fileIndex(), end.offset());
    long durable = Math.max(identity.durableLsn(), found.durableLsn());
    durable = Math.max(durable, tail.durableLsn());
    if (durable > end.lastLsn() || (!closed && lostFile(found, end, tail))) {
      throw damage(found, end, Math.max(durable, end.lastLsn() + 1));
    }
    return repair(
        new TailRepair.Findings(
            found, scan.extents(), end, durable, tail.anyByteInFirstFile(), false));
  }

  private Recovered repair(TailRepair.Findings findings) throws IOException {
    return new TailRepair(disk, identity).repair(findings);
  }

  /// A first page is durable before its file is used. If it is gone, and with it the sync slots
  /// perhaps, and no frame after it tells that the file is otherwise intact, then what was in the
  /// file is not known.
  private static boolean lostFile(FilesOnDisk found, LogEnd end, TailScan tail) {
    for (int i = end.fileIndex(); i < found.files().size(); i++) {
      boolean endsCleanly =
          i == end.fileIndex()
              && end.offset() > FileHeader.PAGE_BYTES
              && !tail.anyByteInFirstFile();
      if (!found.pageHolds(i) && !endsCleanly) {
        return true;
      }
    }
    return false;
  }

  private DamagedException damage(FilesOnDisk found, LogEnd end, long durable) {
    List<JournalFile> files = found.files();
    TailScan tail = new TailScan(end.lastLsn(), handler).scan(files, end.fileIndex(), end.offset());
    JournalFile file = files.get(end.foundFileIndex());
    boolean headerHolds = end.found().headerHolds();
    Damage damage =
        new Damage(
            file.name(),
            end.foundOffset(),
            end.lastLsn() + 1,
            tail.firstLsn() == 0 ? durable : tail.firstLsn() - 1,
            headerHolds ? FrameHeader.topicId(file.segment(), end.foundOffset()) : 0,
            "expected frame %d, found %s".formatted(end.lastLsn() + 1, end.found()));
    DamagedException refusal = new DamagedException(damage);
    int lastFile = Math.max(end.foundFileIndex(), tail.firstFrameFileIndex());
    try {
      new Quarantine(disk).keep(files.subList(end.fileIndex(), lastFile + 1), end.lastLsn() + 1);
    } catch (IOException e) {
      refusal.addSuppressed(e);
    }
    return refusal;
  }
}
