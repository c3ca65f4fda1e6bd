package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.NewFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.CountingDisk;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Packs move to the cold directory under their readers, and a copy that is not proven counts for
/// nothing.
final class PackMoveTest {
  private static final String NAME = "packs/0000000001.pack";
  private static final PackOptions OPTIONS =
      PackOptions.defaults().withChunks(3000, 20).withIndexBytesMax(0).withSyncEveryBytes(3000);

  private final SimDisk hot = new SimDisk(1);
  private final SimDisk cold = new SimDisk(2);
  private final NavigableMap<Long, List<ModelRecord>> owners =
      PackModel.randomOwners(new SplittableRandom(6), 80);
  private List<PackedRun> runs = List.of();

  private static Packs open(Disk hot, Disk cold) throws IOException {
    return Packs.open(hot, cold, UUID.randomUUID(), PackModel.STORE, OPTIONS);
  }

  private static void move(Packs packs, long pack) throws IOException {
    try (PackMove move = packs.move(pack)) {
      while (move.step(700) > 0) {
        assertThat(move.pack()).isEqualTo(pack);
      }
    }
  }

  private void check(RunReader reader, List<PackedRun> runs) throws IOException {
    for (PackedRun run : runs) {
      List<ModelRecord> records = Objects.requireNonNull(owners.get(run.owner()));
      PackModel.check(reader, run, records, new SplittableRandom(1));
    }
  }

  @Test
  void aMovedPackReadsTheSameAndIsGoneFromTheDataDirectory() throws IOException {
    try (Packs packs = open(hot, cold);
        RunReader inside = packs.newReader();
        RunReader reader = packs.newReader()) {
      runs = PackModel.write(packs, 1, owners);
      assertThat(inside.open(runs.getFirst())).isTrue();
      byte[] original = hot.bytes(NAME);
      move(packs, 1);
      assertThat(packs.unknownCold()).containsExactly(1L);
      packs.moved(1);
      assertThat(packs.unknownCold()).isEmpty();
      assertThat(hot.files()).containsExactly("cold-owner");
      assertThat(cold.bytes(NAME)).isEqualTo(original);
      assertThat(inside.read(0, 1).byteSize()).isEqualTo(inside.bodyBytes(0));
      check(reader, runs);
    }
    try (Packs packs = open(hot, cold);
        RunReader reader = packs.newReader()) {
      packs.admit(1, Tier.COLD);
      check(reader, runs);
      packs.drop(1);
      assertThat(cold.files()).containsExactly("owner");
    }
  }

  @Test
  void aMissingColdDirectoryCostsOnlyItsPacks() throws IOException {
    List<PackedRun> moved;
    List<PackedRun> stayed;
    try (Packs packs = open(hot, cold)) {
      moved = PackModel.write(packs, 1, owners);
      stayed = PackModel.write(packs, 2, owners);
      move(packs, 1);
      packs.moved(1);
    }
    SimDisk broken = new SimDisk(3).fail(new Fault(0, Fault.Kind.EIO, true));
    try (Packs packs = open(hot, broken);
        RunReader reader = packs.newReader()) {
      packs.admit(1, Tier.COLD);
      packs.admit(2);
      PackedRun run = moved.getFirst();
      assertThatThrownBy(() -> reader.open(run))
          .isInstanceOfSatisfying(
              PackDamagedException.class,
              e -> {
                assertThat(e.firstSeq()).isEqualTo(run.firstSeq());
                assertThat(e.lastSeq()).isEqualTo(run.lastSeq());
              });
      check(reader, stayed);
      packs.drop(2);
    }
    try (Packs packs = PackModel.open(hot, OPTIONS);
        RunReader reader = packs.newReader()) {
      packs.admit(1, Tier.COLD);
      assertThatThrownBy(() -> reader.open(moved.getFirst()))
          .isInstanceOf(PackDamagedException.class)
          .hasMessageContaining("it is in the cold directory, and there is none");
    }
  }

  @Test
  void nothingIsMovedToADirectoryWhoseDiskIsNotMounted() throws IOException {
    try (Packs packs = open(hot, cold)) {
      PackModel.write(packs, 1, owners);
      PackModel.write(packs, 2, owners);
      move(packs, 1);
      packs.moved(1);
    }
    try (Packs packs = open(hot, new SimDisk(3))) {
      packs.admit(1, Tier.COLD);
      packs.admit(2);
      assertThatThrownBy(() -> packs.move(2))
          .isInstanceOf(UnusablePackException.class)
          .hasMessageContaining("lacks pack 1: is its disk mounted?");
    }
  }

  @Test
  void aCopyThatReadsBackDifferentlyIsRemoved() throws IOException {
    try (Packs packs = open(hot, new ForgetfulDisk(cold))) {
      PackModel.write(packs, 1, owners);
      assertThatThrownBy(() -> move(packs, 1))
          .isInstanceOf(ImmovablePackException.class)
          .hasMessageContaining("the copy in sim differs");
      assertThat(cold.files()).containsExactly("owner");
      assertThat(hot.files()).containsExactly("cold-owner", NAME);
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.Kind.class)
  void aFaultAtAnyOperationOfTheColdDiskLosesNothing(Fault.Kind kind) throws IOException {
    SimDisk faultless = new SimDisk(1);
    assertThat(moveOnce(new SimDisk(9), faultless)).isTrue();
    for (long at = 0; at < faultless.operations(); at++) {
      for (Crash crash : Crash.values()) {
        SimDisk from = new SimDisk(at);
        SimDisk to = new SimDisk(at + 1).fail(new Fault(at, kind, false));
        CountingDisk counting = new CountingDisk(to);
        boolean moved = moveOnce(from, counting);
        assertThat(counting.open()).isZero();
        assertThat(to.files()).noneMatch(name -> name.endsWith(NewFile.SUFFIX));
        SimDisk fromAfter = from.crash(crash);
        SimDisk toAfter = to.noFaults().crash(crash);
        try (Packs packs = open(fromAfter, toAfter);
            RunReader reader = packs.newReader()) {
          packs.admit(1, moved ? Tier.COLD : Tier.HOT);
          check(reader, runs);
          assertThat(toAfter.files()).noneMatch(name -> name.endsWith(".pack.new"));
          for (long unknown : packs.unknownCold()) {
            packs.deleteUnknownCold(unknown);
          }
          assertThat(toAfter.files().contains(NAME)).isEqualTo(moved);
        } catch (AssertionError e) {
          throw new AssertionError("%s at %d, then %s: %s".formatted(kind, at, crash, e), e);
        }
      }
    }
  }

  /// Whether the move came to its end.
  private boolean moveOnce(Disk from, Disk to) throws IOException {
    try (Packs packs = open(from, to)) {
      runs = PackModel.write(packs, 1, owners);
      try {
        move(packs, 1);
      } catch (DiskException | UnusablePackException | ImmovablePackException e) {
        return false;
      }
      packs.moved(1);
      return true;
    }
  }

  /// Loses the last byte of each write.
  private static final class ForgetfulDisk extends WrappedDisk {
    ForgetfulDisk(Disk disk) {
      super(disk);
    }

    @Override
    protected DiskFile wrap(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public long write(MemorySegment source, long offset) throws IOException {
          MemorySegment spoiled = MemorySegment.ofArray(source.toArray(ValueLayout.JAVA_BYTE));
          spoiled.set(ValueLayout.JAVA_BYTE, source.byteSize() - 1, (byte) 0x7F);
          return super.write(spoiled, offset);
        }
      };
    }
  }
}
