package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What is written into packs is read from them, whatever it is.
final class PackTest {
  private static final int TRIALS = Integer.getInteger("topics.trials", 4000) / 10;

  @Test
  void everyAnswerOfAReaderIsThatOfANaiveModel() throws IOException {
    for (long seed = 1; seed <= TRIALS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try {
        SimDisk disk = new SimDisk(seed);
        PackOptions options =
            random.nextInt(3) == 0 ? PackOptions.defaults() : PackModel.small(random);
        try (Packs packs = PackModel.open(disk, options);
            RunReader reader = packs.newReader()) {
          checkTwoPacks(packs, reader, random);
        }
      } catch (AssertionError | IndexOutOfBoundsException e) {
        throw new AssertionError("seed " + seed + ": " + e, e);
      }
    }
  }

  private static void checkTwoPacks(Packs packs, RunReader reader, SplittableRandom random)
      throws IOException {
    NavigableMap<Long, List<ModelRecord>> owners = PackModel.randomOwners(random, 120);
    NavigableMap<Long, List<ModelRecord>> others = PackModel.randomOwners(random, 10);
    List<PackedRun> runs = new ArrayList<>(PackModel.write(packs, 7, owners));
    runs.addAll(PackModel.write(packs, 8, others));
    assertThat(runs).hasSize(owners.size() + others.size());
    for (int k = 0; k < 2 * runs.size(); k++) {
      PackedRun run = runs.get(random.nextInt(runs.size()));
      List<ModelRecord> records = (run.pack() == 7 ? owners : others).get(run.owner());
      PackModel.check(reader, run, Objects.requireNonNull(records), random);
    }
  }

  @Test
  void aPackWithoutRecordsLeavesNothing() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Packs packs = PackModel.open(disk, PackOptions.defaults())) {
      assertThat(PackModel.write(packs, 1, Map.of(5L, List.of()))).isEmpty();
      assertThat(disk.files()).isEmpty();
      assertThat(packs.unknown()).isEmpty();
    }
  }

  @Test
  void ownersAndSeqsMustAscend() throws IOException {
    SimDisk disk = new SimDisk(1);
    List<ModelRecord> records = ModelRecord.random(new SplittableRandom(1), 3);
    try (Packs packs = PackModel.open(disk, PackOptions.defaults());
        PackWriter writer = packs.create(1)) {
      PackRecord holder = new PackRecord();
      assertThatThrownBy(() -> records.get(0).addTo(writer, holder))
          .isInstanceOf(IllegalArgumentException.class);
      writer.beginRun(5);
      records.get(1).addTo(writer, holder);
      assertThatThrownBy(() -> records.get(1).addTo(writer, holder))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> writer.beginRun(5)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(disk.files()).isEmpty();
  }

  @Test
  void aDroppedPackIsReadOnByWhoeverIsInItAndByNobodyElse() throws IOException {
    SimDisk disk = new SimDisk(1);
    NavigableMap<Long, List<ModelRecord>> owners = new TreeMap<>();
    owners.put(3L, ModelRecord.random(new SplittableRandom(1), 200));
    PackOptions options = PackOptions.defaults().withChunks(1000, 10).withIndexBytesMax(0);
    try (Packs packs = PackModel.open(disk, options);
        RunReader inside = packs.newReader();
        RunReader outside = packs.newReader()) {
      PackedRun run = PackModel.write(packs, 1, owners).getFirst();
      assertThat(inside.open(run)).isTrue();
      packs.drop(1);
      assertThat(disk.files()).isEmpty();
      for (long i = 0; i < run.count(); i++) {
        assertThat(inside.read(i, i + 1).byteSize()).isEqualTo(inside.bodyBytes(i));
      }
      assertThat(outside.open(run)).isFalse();
      assertThat(inside.open(run)).isFalse();
    }
  }

  @Test
  void packsThatNobodyAdmittedAreListedAndNotRead() throws IOException {
    SimDisk disk = new SimDisk(1);
    NavigableMap<Long, List<ModelRecord>> owners = new TreeMap<>();
    owners.put(3L, ModelRecord.random(new SplittableRandom(1), 20));
    PackedRun run;
    try (Packs packs = PackModel.open(disk, PackOptions.defaults())) {
      run = PackModel.write(packs, 12, owners).getFirst();
      assertThat(packs.unknown()).isEmpty();
    }
    try (Packs packs = PackModel.open(disk, PackOptions.defaults());
        RunReader reader = packs.newReader()) {
      assertThat(packs.unknown()).containsExactly(12L);
      assertThat(reader.open(run)).isFalse();
      assertThat(packs.check(12)).isEqualTo(disk.size("packs/0000000012.pack"));
      packs.admit(12);
      assertThat(packs.unknown()).isEmpty();
      PackModel.check(reader, run, owners.firstEntry().getValue(), new SplittableRandom(1));
    }
  }

  @Test
  void indexesStayWithinTheirMemory() throws IOException {
    SimDisk disk = new SimDisk(1);
    NavigableMap<Long, List<ModelRecord>> owners = new TreeMap<>();
    owners.put(3L, ModelRecord.random(new SplittableRandom(1), 5000));
    PackOptions options = PackOptions.defaults().withChunks(10_000, 50).withIndexBytesMax(20_000);
    try (Packs packs = PackModel.open(disk, options);
        RunReader reader = packs.newReader()) {
      PackedRun run = PackModel.write(packs, 1, owners).getFirst();
      assertThat(reader.open(run)).isTrue();
      for (long i = 0; i < run.count(); i++) {
        assertThat(reader.seq(i)).isEqualTo(owners.firstEntry().getValue().get((int) i).seq());
        assertThat(packs.indexBytes()).isLessThanOrEqualTo(20_000);
      }
      assertThat(packs.indexBytes()).isPositive();
      packs.drop(1);
      assertThat(packs.indexBytes()).isZero();
    }
  }
}
