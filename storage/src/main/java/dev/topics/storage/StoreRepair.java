package dev.topics.storage;

import dev.topics.storage.checkpoint.CheckpointDamagedException;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.checkpoint.Superblocks;
import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.LockMode;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.JournalIdentity;
import dev.topics.storage.journal.JournalRepair;
import dev.topics.storage.journal.Quarantine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Makes a damaged store open again, by giving up what cannot be read. What changes is copied to
/// the quarantine first. What the lost frames said is for the owner of the store to sort out when
/// it replays the log.
public final class StoreRepair {
  private final Disk disk;
  private final List<String> damage = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<LogStart> anchors = new ArrayList<>();
  private final List<String> damagedCheckpoints = new ArrayList<>();
  private final Quarantine quarantine;

  private StoreRepair(Disk disk) {
    this.disk = disk;
    quarantine = new Quarantine(disk);
  }

  /// What was not as it should be, in words.
  ///
  /// @param damage what a store does not open with, or what costs something
  /// @param notes what costs nothing: a server mends it by itself
  public record Found(List<String> damage, List<String> notes) {}

  /// Repairs the store on `disk`; answers what was damaged. Fails with
  /// [dev.topics.storage.disk.DirectoryLockedException] if a process has it open, and with
  /// [RefusedException] if this is no store, one of an unknown version, or one without a whole
  /// superblock or checkpoint. What the disk fails to read is not taken for damage.
  public static Found repair(Disk disk) throws IOException {
    try (DirectoryLock lock = disk.lock(LockMode.EXCLUSIVE)) {
      assert lock != null;
      return new StoreRepair(disk).run();
    }
  }

  private Found run() throws IOException {
    Superblocks superblocks = Superblocks.read(disk);
    for (String copy : superblocks.unreadable()) {
      notes.add(copy + " is damaged or missing; the other copy is whole");
      if (disk.exists(copy)) {
        quarantine.keep(copy);
      }
    }
    Superblock found = superblocks.current();
    long whole = newestWhole(found);
    if (whole == 0 && found.checkpointGeneration() > 0) {
      throw new RefusedException(
          "%s: no checkpoint can be read, and nothing else tells what is in the packs: %s"
              .formatted(disk.describe(), String.join("; ", notes)));
    }
    Superblock repaired = found.checkpointed(whole);
    removeDamagedCheckpoints();
    if (!notes.isEmpty()) {
      superblocks.write(repaired);
    }
    JournalIdentity identity = JournalIdentity.of(repaired, repaired.bootEpoch());
    JournalRepair.repair(disk, identity, anchors, quarantine, notes)
        .forEach(lost -> damage.add(lost.toString()));
    return new Found(damage, notes);
  }

  /// The newest checkpoint that can be read; 0 if there is none.
  private long newestWhole(Superblock superblock) throws IOException {
    Checkpoints checkpoints = Checkpoints.openForReading(disk, superblock.storeId());
    long newest = superblock.checkpointGeneration();
    long whole = 0;
    for (long at = newest; at > Math.max(0, newest - Checkpoints.KEPT); at--) {
      String name = Checkpoints.fileName(at);
      if (!disk.exists(name) && whole > 0) {
        continue;
      }
      try {
        anchors.add(checkpoints.read(at, _ -> {}));
        whole = Math.max(whole, at);
      } catch (CheckpointDamagedException e) {
        if (e.getCause() instanceof DiskException unreadable) {
          throw unreadable;
        }
        notes.add(String.valueOf(e.getMessage()));
        if (disk.exists(name)) {
          damagedCheckpoints.add(name);
        }
      }
    }
    return whole;
  }

  private void removeDamagedCheckpoints() throws IOException {
    for (String name : damagedCheckpoints) {
      quarantine.keep(name);
      disk.delete(name);
    }
    if (!damagedCheckpoints.isEmpty()) {
      disk.syncDirectory(Checkpoints.DIRECTORY);
    }
  }
}
