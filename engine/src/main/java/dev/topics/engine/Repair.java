package dev.topics.engine;

import dev.topics.engine.model.LostRange;
import dev.topics.engine.recovery.Damaged;
import dev.topics.storage.StoreRepair;
import dev.topics.storage.disk.Disk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// What a repair of a data directory found and gave up.
///
/// @param damage what was damaged, in words
/// @param notes what costs nothing, in words: a server mends it by itself
/// @param lost the records that readers are told to be lost by damage, also by that of earlier
///   repairs
/// @param missing files of packs that are not there at all
public record Repair(
    List<String> damage, List<String> notes, List<LostRange> lost, List<String> missing) {
  /// Little is written; what does not fit makes a file larger.
  private static final int JOURNAL_FILE_BYTES = 64 << 10;

  /// Gives up what is damaged in the data on `disk`, which no server may have open: it opens again,
  /// a tombstone stands for what is lost, and all else is served. What changes is copied to
  /// `quarantine/` first. The disk stays the caller's.
  ///
  /// @throws IOException if it is in use, no data directory, of another version, or the disk fails
  public static Repair of(Disk disk) throws IOException {
    StoreRepair.Found found = StoreRepair.repair(disk);
    List<String> damage = new ArrayList<>(found.damage());
    try (Engine engine = Engine.open(disk, options())) {
      Damaged damaged = engine.damaged();
      damage.addAll(damaged.giveUp(disk));
      return new Repair(damage, found.notes(), damaged.givenUp(), damaged.missing());
    }
  }

  /// Whether there was anything to repair.
  public boolean needed() {
    return !damage.isEmpty();
  }

  static EngineOptions options() {
    EngineOptions options = EngineOptions.defaults().withBackground(false);
    return options.withStore(options.store().withJournalFileBytes(JOURNAL_FILE_BYTES));
  }
}
