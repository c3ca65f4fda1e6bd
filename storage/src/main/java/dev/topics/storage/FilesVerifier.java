package dev.topics.storage;

import dev.topics.storage.FilesReport.CheckpointReport;
import dev.topics.storage.FilesReport.PackReport;
import dev.topics.storage.checkpoint.CheckpointDamagedException;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.pack.PackDamage;
import dev.topics.storage.pack.PackVerifier;
import dev.topics.storage.pack.PackedRun;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// Reads all packs and checkpoints of a store that nobody has open, and changes nothing. The
/// journal is left to [dev.topics.storage.journal.JournalVerifier].
public final class FilesVerifier {
  private static final long STEP_BYTES = 4 << 20;

  private final Disk disk;
  private final Superblock superblock;
  private final List<PackReport> packs = new ArrayList<>();
  private final List<CheckpointReport> checkpoints = new ArrayList<>();
  private final List<String> damage = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /// Verifies what it is told to, and tells of it in [#report].
  FilesVerifier(Disk disk, Superblock superblock) {
    this.disk = disk;
    this.superblock = superblock;
  }

  /// Checks every byte of what is there. Every pack of `known` must be there with these runs.
  /// Others are what a crash left: nobody misses what is damaged in them. Fails with
  /// [dev.topics.storage.disk.RefusedException] if a checkpoint is of an unknown version.
  ///
  /// @param owners how owners are called
  public static FilesReport verify(
      Disk disk,
      Superblock superblock,
      Map<Long, List<PackedRun>> known,
      LongFunction<String> owners)
      throws IOException {
    FilesVerifier verifier = new FilesVerifier(disk, superblock);
    TreeSet<Long> packs = new TreeSet<>(PackVerifier.packs(disk));
    packs.addAll(known.keySet());
    for (long pack : packs) {
      verifier.verifyPack(pack, known.get(pack), owners);
    }
    verifier.verifyCheckpoints();
    return verifier.report();
  }

  FilesReport report() {
    return new FilesReport(
        List.copyOf(packs), List.copyOf(checkpoints), List.copyOf(damage), List.copyOf(notes));
  }

  /// Checks a pack; false if anything of it is lost.
  ///
  /// @param runs what must be in it; null if nobody needs it
  boolean verifyPack(long pack, @Nullable List<PackedRun> runs, LongFunction<String> owners) {
    List<PackedRun> expected = runs == null ? List.of() : runs;
    try (PackVerifier verifier = PackVerifier.open(disk, superblock.storeId(), pack, expected)) {
      long bytes = 0;
      for (long step = verifier.step(STEP_BYTES); step > 0; step = verifier.step(STEP_BYTES)) {
        bytes += step;
      }
      packs.add(new PackReport(pack, bytes, verifier.runs(), verifier.records()));
      int damagedBefore = damage.size();
      for (PackDamage found : verifier.damage()) {
        (found.loss() && runs != null ? damage : notes).add(describe(found, owners));
      }
      return damage.size() == damagedBefore;
    }
  }

  private static String describe(PackDamage damage, LongFunction<String> owners) {
    if (damage.lastSeq() == 0) {
      return "pack %d: %s".formatted(damage.pack(), damage.what());
    }
    return "pack %d, %s, seqs %d to %d: %s"
        .formatted(
            damage.pack(),
            owners.apply(damage.owner()),
            damage.firstSeq(),
            damage.lastSeq(),
            damage.what());
  }

  /// Checks all checkpoints. A damaged one is only noted unless a start finds no other.
  void verifyCheckpoints() throws IOException {
    Checkpoints of = Checkpoints.openForReading(disk, superblock.storeId());
    TreeSet<Long> generations = new TreeSet<>(of.generations());
    long newest = superblock.checkpointGeneration();
    if (newest > 0) {
      generations.add(newest);
    }
    boolean startFindsOne = newest == 0;
    List<String> damaged = new ArrayList<>();
    for (long generation : generations) {
      long[] bytes = new long[1];
      try {
        LogStart start = of.read(generation, chunk -> bytes[0] += chunk.byteSize());
        checkpoints.add(new CheckpointReport(generation, bytes[0], start.lsn()));
        startFindsOne |= generation <= newest && generation > newest - Checkpoints.KEPT;
      } catch (CheckpointDamagedException e) {
        damaged.add(String.valueOf(e.getMessage()));
      }
    }
    (startFindsOne ? notes : damage).addAll(damaged);
  }
}
