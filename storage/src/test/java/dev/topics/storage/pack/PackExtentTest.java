package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// How large packs are is known without their disks, which may be slow, or hang.
final class PackExtentTest {
  private static final String NAME = "packs/0000000001.pack";

  private final SimDisk hot = new SimDisk(1);
  private final SimDisk cold = new SimDisk(2);

  private Packs open() throws IOException {
    return Packs.open(
        hot, cold, UUID.randomUUID(), PackModel.STORE, PackOptions.defaults().withOpenFilesMax(1));
  }

  private static List<PackedRun> write(Packs packs, long id) throws IOException {
    return PackModel.write(packs, id, PackModel.randomOwners(new SplittableRandom(id), 20));
  }

  private static void move(Packs packs) throws IOException {
    try (PackMove move = packs.move(1)) {
      while (move.step(1 << 20) > 0) {
        assertThat(move.pack()).isEqualTo(1);
      }
    }
    packs.moved(1);
  }

  private PackExtent extentWithoutDisk(Packs packs, long pack) throws IOException {
    long before = hot.operations() + cold.operations();
    PackExtent extent = packs.extent(pack);
    assertThat(hot.operations() + cold.operations()).isEqualTo(before);
    return Objects.requireNonNull(extent);
  }

  private static long bodyBytes(List<PackedRun> runs) {
    return runs.stream().mapToLong(PackedRun::bodyBytes).sum();
  }

  @Test
  void itIsKnownOfWhatWasWrittenMovedOrCheckedAtTheStart() throws IOException {
    List<PackedRun> first;
    List<PackedRun> second;
    try (Packs packs = open()) {
      first = write(packs, 1);
      second = write(packs, 2);
      long bytes = hot.size(NAME);
      assertThat(extentWithoutDisk(packs, 1))
          .isEqualTo(new PackExtent(Tier.HOT, bytes, bodyBytes(first)));
      move(packs);
      assertThat(extentWithoutDisk(packs, 1))
          .isEqualTo(new PackExtent(Tier.COLD, bytes, bodyBytes(first)));
    }
    try (Packs packs = open()) {
      for (long pack = 1; pack <= 2; pack++) {
        packs.admitWhereItLies(pack);
        packs.check(pack);
      }
      assertThat(extentWithoutDisk(packs, 1).bodyBytes()).isEqualTo(bodyBytes(first));
      assertThat(extentWithoutDisk(packs, 2).bodyBytes()).isEqualTo(bodyBytes(second));
      packs.drop(2);
      assertThat(packs.extent(2)).isNull();
    }
  }

  @Test
  void whatCouldNotBeOpenedIsLookedAtAgain() throws IOException {
    try (Packs packs = open();
        RunReader reader = packs.newReader()) {
      PackedRun run = write(packs, 1).getFirst();
      byte[] whole = hot.bytes(NAME);
      PackModel.replace(hot, NAME, new byte[10]);
      assertThatThrownBy(() -> reader.open(run)).isInstanceOf(PackDamagedException.class);
      assertThatThrownBy(() -> packs.extent(1)).isInstanceOf(UnusablePackException.class);
      PackModel.replace(hot, NAME, whole);
      assertThat(packs.extent(1)).isNotNull();
      assertThat(extentWithoutDisk(packs, 1).fileBytes()).isEqualTo(whole.length);
    }
  }
}
