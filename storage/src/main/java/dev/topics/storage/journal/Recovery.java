package dev.topics.storage.journal;

import dev.topics.storage.disk.Disk;
import java.io.IOException;
import java.util.List;

/// Opens the journal that a run before left: replay, then repair its end or refuse.
///
/// Damage is copied to the quarantine and nothing is changed; a torn tail is cut off. DESIGN.md has
/// the table of decisions. May itself be cut short anywhere, and repeated: until the repair is
/// durable nothing that it would decide on has changed.
final class Recovery {
  private final Disk disk;
  private final JournalIdentity identity;
  private final FrameHandler handler;
  private final FailedRun failedRun;

  Recovery(Disk disk, JournalIdentity identity, FrameHandler handler, FailedRun failedRun) {
    this.disk = disk;
    this.identity = identity;
    this.handler = handler;
    this.failedRun = failedRun;
  }

  Recovered run() throws IOException {
    disk.makeDirectory(JournalFile.DIRECTORY);
    // Names that are there may be those of a run that died before it synced them.
    disk.syncDirectory("");
    disk.syncDirectory(JournalFile.DIRECTORY);
    FilesOnDisk found = FilesOnDisk.open(disk, identity);
    try {
      return found.files().isEmpty() ? empty() : recover(found);
    } catch (IOException | RuntimeException | Error e) {
      found.unmap();
      throw e;
    }
  }

  private Recovered empty() throws IOException {
    new TailRepair(disk, identity).deleteLeftovers();
    return new Recovered(
        List.of(),
        List.of(),
        FileHeader.PAGE_BYTES,
        identity.start().lsn(),
        identity.start().crc(),
        identity.firstSequence());
  }

  private Recovered recover(FilesOnDisk found) throws IOException {
    for (JournalFile file : found.files()) {
      if (file.slots().failedEpoch() == identity.bootEpoch() - 1) {
        failedRun.noted();
        break;
      }
    }
    Diagnosis diagnosis = new Diagnosis(found, identity, handler);
    Damage damage = diagnosis.damage();
    if (damage == null) {
      return new TailRepair(disk, identity).repair(diagnosis);
    }
    DamagedException refusal = new DamagedException(damage);
    try {
      new Quarantine(disk).keep(diagnosis.damagedFiles(), damage.firstLsn());
    } catch (IOException e) {
      refusal.addSuppressed(e);
    }
    throw refusal;
  }
}
