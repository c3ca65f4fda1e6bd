package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Merged and rewritten packs hold what was alive of their sources, and nothing else.
final class PackMergeTest {
  private static final int TRIALS = Integer.getInteger("topics.trials", 4000) / 20;

  @Test
  void aMergeHoldsWhatIsAliveAndReadsTheSame() throws IOException {
    for (long seed = 1; seed <= TRIALS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try {
        merge(new SimDisk(seed), random);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e, e);
      }
    }
  }

  private static void merge(SimDisk disk, SplittableRandom random) throws IOException {
    NavigableMap<Long, List<ModelRecord>> all = PackModel.randomOwners(random, 100);
    Map<Long, Set<Long>> dead = new TreeMap<>();
    int oneIn = 1 + random.nextInt(4);
    all.forEach((owner, records) -> dead.put(owner, someOf(records, random, oneIn)));
    try (Packs packs = PackModel.open(disk, PackModel.small(random));
        RunReader reader = packs.newReader()) {
      List<PackedRun> sources = new ArrayList<>();
      int packCount = 1 + random.nextInt(3);
      for (int i = 0; i < packCount; i++) {
        sources.addAll(PackModel.write(packs, i + 1L, part(all, i, packCount)));
      }
      List<PackedRun> merged;
      try (PackWriter writer = packs.create(10);
          PackMerge merge = new PackMerge(packs, sources, new Alive(all, dead), writer)) {
        long stepBytes = 1 + random.nextLong(20_000);
        int steps = 0;
        while (merge.step(stepBytes) > 0) {
          assertThat(steps++).isLessThan(10_000);
        }
        merged = writer.finish();
      }
      NavigableMap<Long, List<ModelRecord>> alive = alive(all, dead);
      assertThat(merged.stream().map(PackedRun::owner)).containsExactlyElementsOf(alive.keySet());
      for (PackedRun run : merged) {
        List<ModelRecord> records = Objects.requireNonNull(alive.get(run.owner()));
        PackModel.check(reader, run, records, random);
      }
    }
  }

  @Test
  void aDamagedSourceEndsTheMergeAndStaysWhatItIs() throws IOException {
    SimDisk disk = new SimDisk(1);
    NavigableMap<Long, List<ModelRecord>> owners = new TreeMap<>();
    owners.put(4L, ModelRecord.random(new SplittableRandom(5), 50));
    try (Packs packs = PackModel.open(disk, PackOptions.defaults())) {
      List<PackedRun> runs = PackModel.write(packs, 1, owners);
      disk.flip("packs/0000000001.pack", Seal.BYTES + 100, 4);
      byte[] before = disk.bytes("packs/0000000001.pack");
      try (PackWriter writer = packs.create(2);
          PackMerge merge =
              new PackMerge(packs, runs, new Alive(owners, Map.of(4L, Set.of())), writer)) {
        assertThatThrownBy(() -> merge.step(1 << 20)).isInstanceOf(PackDamagedException.class);
      }
      assertThat(disk.files()).containsExactly("packs/0000000001.pack");
      assertThat(disk.bytes("packs/0000000001.pack")).isEqualTo(before);
    }
  }

  private static Set<Long> someOf(List<ModelRecord> records, SplittableRandom random, int oneIn) {
    Set<Long> some = new HashSet<>();
    for (ModelRecord record : records) {
      if (random.nextInt(oneIn) == 0) {
        some.add(record.seq());
      }
    }
    return some;
  }

  /// A part of the records of each owner, in the order of their seqs.
  private static NavigableMap<Long, List<ModelRecord>> part(
      NavigableMap<Long, List<ModelRecord>> all, int part, int parts) {
    NavigableMap<Long, List<ModelRecord>> some = new TreeMap<>();
    all.forEach((owner, records) -> {
      int from = records.size() * part / parts;
      some.put(owner, records.subList(from, records.size() * (part + 1) / parts));
    });
    return some;
  }

  private static NavigableMap<Long, List<ModelRecord>> alive(
      NavigableMap<Long, List<ModelRecord>> all, Map<Long, Set<Long>> dead) {
    NavigableMap<Long, List<ModelRecord>> alive = new TreeMap<>();
    all.forEach((owner, records) -> {
      Set<Long> gone = Objects.requireNonNull(dead.get(owner));
      List<ModelRecord> left = records.stream().filter(r -> !gone.contains(r.seq())).toList();
      if (!left.isEmpty()) {
        alive.put(owner, left);
      }
    });
    return alive;
  }

  /// Looks into the lists.
  private record Alive(NavigableMap<Long, List<ModelRecord>> all, Map<Long, Set<Long>> dead)
      implements Liveness {
    @Override
    public long nextLive(long owner, long seq) {
      for (ModelRecord record : Objects.requireNonNull(all.get(owner))) {
        if (record.seq() >= seq && !isDead(owner, record)) {
          return record.seq();
        }
      }
      return Long.MAX_VALUE;
    }

    @Override
    public long nextDead(long owner, long seq) {
      for (ModelRecord record : Objects.requireNonNull(all.get(owner))) {
        if (record.seq() > seq && isDead(owner, record)) {
          return record.seq();
        }
      }
      return Long.MAX_VALUE;
    }

    private boolean isDead(long owner, ModelRecord record) {
      return Objects.requireNonNull(dead.get(owner)).contains(record.seq());
    }
  }
}
