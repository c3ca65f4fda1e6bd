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
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;

/// Reads all packs and checkpoints of a store that nobody has open, and changes nothing. The
/// journal is left to [dev.topics.storage.journal.JournalVerifier].
public final class FilesVerifier {
  private static final long STEP_BYTES = 4 << 20;

  private final Disk disk;
  private final Superblock superblock;
  private final Map<Long, List<PackedRun>> known;
  private final LongFunction<String> owners;
  private final List<PackReport> packs = new ArrayList<>();
  private final List<CheckpointReport> checkpoints = new ArrayList<>();
  private final List<String> damage = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private FilesVerifier(
      Disk disk,
      Superblock superblock,
      Map<Long, List<PackedRun>> known,
      LongFunction<String> owners) {
    this.disk = disk;
    this.superblock = superblock;
    this.known = known;
    this.owners = owners;
  }

  /// Checks every byte of what is there. A damaged checkpoint is only noted if another one is
  /// whole, as a start uses that. Fails with [RefusedException] if a checkpoint is of an unknown
  /// version.
  public static FilesReport verify(Disk disk, Superblock superblock) throws IOException {
    Map<Long, List<PackedRun>> unknown = new TreeMap<>();
    PackVerifier.packs(disk).forEach(pack -> unknown.put(pack, List.of()));
    return verify(disk, superblock, unknown, owner -> "topic " + owner);
  }

  /// The same, and every pack of `known` must be there with these runs. Others are what a crash
  /// left: nobody misses what is damaged in them.
  ///
  /// @param owners how owners are called
  public static FilesReport verify(
      Disk disk,
      Superblock superblock,
      Map<Long, List<PackedRun>> known,
      LongFunction<String> owners)
      throws IOException {
    FilesVerifier verifier = new FilesVerifier(disk, superblock, known, owners);
    TreeSet<Long> packs = new TreeSet<>(PackVerifier.packs(disk));
    packs.addAll(known.keySet());
    for (long pack : packs) {
      verifier.verifyPack(pack);
    }
    verifier.verifyCheckpoints();
    return new FilesReport(verifier.packs, verifier.checkpoints, verifier.damage, verifier.notes);
  }

  private void verifyPack(long pack) {
    List<PackedRun> runs = known.get(pack);
    List<PackedRun> expected = runs == null ? List.of() : runs;
    try (PackVerifier verifier = PackVerifier.open(disk, superblock.storeId(), pack, expected)) {
      long bytes = 0;
      for (long step = verifier.step(STEP_BYTES); step > 0; step = verifier.step(STEP_BYTES)) {
        bytes += step;
      }
      packs.add(new PackReport(pack, bytes, verifier.runs(), verifier.records()));
      for (PackDamage found : verifier.damage()) {
        (found.loss() && runs != null ? damage : notes).add(describe(found));
      }
    }
  }

  private String describe(PackDamage damage) {
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

  private void verifyCheckpoints() throws IOException {
    Checkpoints of = Checkpoints.openForReading(disk, superblock.storeId());
    TreeSet<Long> generations = new TreeSet<>(of.generations());
    if (superblock.checkpointGeneration() > 0) {
      generations.add(superblock.checkpointGeneration());
    }
    List<String> damaged = new ArrayList<>();
    for (long generation : generations) {
      long[] bytes = new long[1];
      try {
        LogStart start = of.read(generation, chunk -> bytes[0] += chunk.byteSize());
        checkpoints.add(new CheckpointReport(generation, bytes[0], start.lsn()));
      } catch (CheckpointDamagedException e) {
        damaged.add(String.valueOf(e.getMessage()));
      }
    }
    (checkpoints.isEmpty() ? damage : notes).addAll(damaged);
  }
}
