package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The scrubber reads all packs, round after round, and tells of each damage once in a round.
final class ScrubberTest {
  private final SimDisk disk = new SimDisk(1);
  private final NavigableMap<Long, List<PackedRun>> runs = new TreeMap<>();
  private final List<PackDamage> found = new ArrayList<>();

  private Packs threePacks() throws IOException {
    Packs packs = PackModel.open(disk, PackOptions.defaults().withChunks(2000, 20));
    SplittableRandom random = new SplittableRandom(1);
    for (long id = 1; id <= 3; id++) {
      runs.put(id, PackModel.write(packs, id, PackModel.randomOwners(random, 60)));
    }
    return packs;
  }

  private Scrubber scrubber(Packs packs) {
    return new Scrubber(
        packs,
        new Scrubber.Inventory() {
          @Override
          public long nextPack(long pack) {
            Long next = runs.higherKey(pack);
            return next == null ? 0 : next;
          }

          @Override
          public List<PackedRun> runs(long pack) {
            return Objects.requireNonNull(runs.get(pack));
          }
        },
        found::add);
  }

  private static long round(Scrubber scrubber) {
    long bytes = 0;
    for (long before = scrubber.rounds(); scrubber.rounds() == before; ) {
      bytes += scrubber.step(500);
    }
    return bytes;
  }

  @Test
  void aRoundReadsEveryByteOfEveryPack() throws IOException {
    try (Packs packs = threePacks();
        Scrubber scrubber = scrubber(packs)) {
      long all = 0;
      for (String name : disk.files()) {
        all += disk.size(name);
      }
      assertThat(round(scrubber)).isEqualTo(all);
      assertThat(round(scrubber)).isEqualTo(all);
      assertThat(found).isEmpty();
    }
  }

  @Test
  void damageIsToldOnceInARoundWithItsRange() throws IOException {
    try (Packs packs = threePacks();
        Scrubber scrubber = scrubber(packs)) {
      PackedRun damaged = Objects.requireNonNull(runs.get(2L)).getFirst();
      disk.flip("packs/0000000002.pack", Seal.BYTES + 3, 1);
      round(scrubber);
      assertThat(found).hasSize(1);
      PackDamage damage = found.getFirst();
      assertThat(damage.pack()).isEqualTo(2);
      assertThat(damage.owner()).isEqualTo(damaged.owner());
      assertThat(damage.firstSeq()).isEqualTo(damaged.firstSeq());
      assertThat(damage.lastSeq()).isLessThanOrEqualTo(damaged.lastSeq());
      assertThat(damage.loss()).isTrue();
      round(scrubber);
      assertThat(found).hasSize(2);
    }
  }

  @Test
  void packsThatComeAndGoDuringARoundAreNoDamage() throws IOException {
    try (Packs packs = threePacks();
        Scrubber scrubber = scrubber(packs)) {
      scrubber.step(1);
      packs.drop(1);
      packs.drop(2);
      round(scrubber);
      assertThat(found).isEmpty();
    }
  }

  @Test
  void aLostPackIsDamageOfAllItsRuns() throws IOException {
    try (Packs packs = threePacks()) {
      assertThat(packs.unknown()).isEmpty();
    }
    disk.lose("packs/0000000003.pack");
    try (Packs packs = PackModel.open(disk, PackOptions.defaults());
        Scrubber scrubber = scrubber(packs)) {
      packs.admit(3);
      round(scrubber);
      assertThat(found).hasSize(Objects.requireNonNull(runs.get(3L)).size());
      assertThat(found.getFirst().what()).isEqualTo("the file is missing");
    }
  }
}
