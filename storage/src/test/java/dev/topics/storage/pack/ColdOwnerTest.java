package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.DirectoryLock;
import dev.topics.storage.disk.DirectoryLockedException;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.LockMode;
import dev.topics.storage.disk.NewFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Whose packs in a cold directory are, and which copy of a pack counts.
final class ColdOwnerTest {
  private static final String NAME = "packs/0000000001.pack";
  private static final String UNFINISHED = "packs/0000000077.pack.new";

  private final SimDisk hot = new SimDisk(1);
  private final SimDisk cold = new SimDisk(2);
  private final NavigableMap<Long, List<ModelRecord>> owners =
      PackModel.randomOwners(new SplittableRandom(6), 80);
  private List<PackedRun> runs = List.of();

  private static Packs open(SimDisk hot, SimDisk cold) throws IOException {
    return Packs.open(hot, cold, UUID.randomUUID(), PackModel.STORE, PackOptions.defaults());
  }

  private static void copy(Packs packs, long pack) throws IOException {
    try (PackMove move = packs.move(pack)) {
      while (move.step(1 << 20) > 0) {
        assertThat(move.pack()).isEqualTo(pack);
      }
    }
  }

  /// Pack 1 is in both directories.
  private void copyFirst() throws IOException {
    try (Packs packs = open(hot, cold)) {
      runs = PackModel.write(packs, 1, owners);
      copy(packs, 1);
    }
  }

  /// Pack 1 is in the cold directory.
  private void moveFirst() throws IOException {
    copyFirst();
    try (Packs packs = open(hot, cold)) {
      packs.moved(1);
    }
  }

  private static void put(SimDisk disk, String name, byte[] bytes) throws IOException {
    try (DiskFile file = disk.create(name)) {
      file.writeFully(MemorySegment.ofArray(bytes), 0);
      file.sync();
    }
  }

  private void check(Packs packs) throws IOException {
    try (RunReader reader = packs.newReader()) {
      for (PackedRun run : runs) {
        List<ModelRecord> records = Objects.requireNonNull(owners.get(run.owner()));
        PackModel.check(reader, run, records, new SplittableRandom(1));
      }
    }
  }

  @Test
  void aServerOnACopyOfTheDataDirectoryDoesNotStartBesideTheOriginal() throws IOException {
    moveFirst();
    SimDisk copied = new SimDisk(3);
    put(copied, ColdOwner.HERE, bytes(hot, ColdOwner.HERE));
    try (Packs original = open(hot, cold)) {
      assertThat(original.mayMove()).isTrue();
      assertThatThrownBy(() -> open(copied, cold))
          .isInstanceOf(DirectoryLockedException.class)
          .hasMessageContaining("cold directory")
          .hasMessageContaining("each server needs its own");
    }
    open(copied, cold).close();
  }

  @Test
  void ofTwoServersOnAnEmptyDirectoryOneClaimsItAndTheOtherMovesNothing() throws IOException {
    SimDisk other = new SimDisk(3);
    try (Packs one = open(hot, cold);
        Packs two = open(other, cold)) {
      PackModel.write(one, 1, owners);
      PackModel.write(two, 1, owners);
      copy(one, 1);
      List<String> before = cold.files();
      assertThatThrownBy(() -> two.move(1)).isInstanceOf(UnusablePackException.class);
      assertThat(cold.files()).isEqualTo(before);
    }
  }

  @Test
  void whoReadsAStoreOrACopyOfItReadsTheColdDirectoryInUse() throws IOException {
    moveFirst();
    put(cold, Disk.LOCK_FILE, new byte[0]);
    try (Packs inUse = open(hot, cold);
        Disk joined = JoinedDisk.of(hot, cold)) {
      assertThat(inUse.mayMove()).isTrue();
      joined.lock(LockMode.SHARED).close();
      joined.openForReading(NAME).close();
    }
  }

  @Test
  void aServerThatOnlyReadsRunsBesideTheOwner() throws IOException {
    moveFirst();
    for (String id : List.of("", UUID.randomUUID() + "\n")) {
      SimDisk restored = new SimDisk(3);
      put(restored, ColdOwner.HERE, id.getBytes(StandardCharsets.UTF_8));
      for (boolean ownerFirst : new boolean[] {true, false}) {
        try (Packs one = ownerFirst ? open(hot, cold) : open(restored, cold);
            Packs two = ownerFirst ? open(restored, cold) : open(hot, cold)) {
          Packs owner = ownerFirst ? one : two;
          Packs reader = ownerFirst ? two : one;
          assertThat(owner.mayMove()).isTrue();
          assertThat(owner.unknownCold()).containsExactly(1L);
          assertThat(reader.mayMove()).isFalse();
          assertThat(reader.unknownCold()).isEmpty();
          reader.admitWhereItLies(1);
          check(reader);
        }
      }
    }
  }

  @Test
  void whoFindsADirectoryTakenWhenItIsLockedGivesTheLockBack() throws IOException {
    Disk takenMeanwhile =
        new WrappedDisk(cold) {
          @Override
          public DirectoryLock lock(LockMode mode) throws IOException {
            moveFirst();
            return cold.lock(mode);
          }
        };
    SimDisk late = new SimDisk(3);
    try (Packs second =
        Packs.open(
            late, takenMeanwhile, UUID.randomUUID(), PackModel.STORE, PackOptions.defaults())) {
      PackModel.write(second, 1, owners);
      assertThatThrownBy(() -> second.move(1)).isInstanceOf(UnusablePackException.class);
      open(hot, cold).close();
    }
  }

  @Test
  void aClaimThatFailsGivesTheLockBack() throws IOException {
    int failures = 0;
    for (boolean there : new boolean[] {false, true}) {
      for (long at = 0; at < 30; at++) {
        SimDisk from = new SimDisk(at);
        SimDisk to = new SimDisk(at + 1);
        SimDisk failing = there ? to : from;
        try (Packs packs = open(from, to)) {
          PackModel.write(packs, 1, owners);
          failing.fail(new Fault(failing.operations() + at, Fault.Kind.EIO, false));
          try {
            packs.move(1).close();
          } catch (DiskException | UnusablePackException | ImmovablePackException e) {
            failing.noFaults();
            assertThat(failing.files()).noneMatch(name -> name.endsWith("owner" + NewFile.SUFFIX));
            if (!from.exists(ColdOwner.HERE)) {
              failures++;
              to.lock(LockMode.EXCLUSIVE).close();
            }
          }
          failing.noFaults();
          copy(packs, 1);
        }
      }
    }
    assertThat(failures).isGreaterThan(10);
  }

  @Test
  void aLockThatCouldNotBeGivenBackWellIsTakenAnew() throws IOException {
    Disk closesBadly =
        new WrappedDisk(cold) {
          @Override
          public DirectoryLock lock(LockMode mode) throws IOException {
            DirectoryLock held = cold.lock(mode);
            return () -> {
              held.close();
              throw new DiskFailedException("planned");
            };
          }
        };
    ColdOwner owner = new ColdOwner(hot, closesBadly, UUID.randomUUID());
    assertThat(owner.claim()).isTrue();
    owner.close();
    assertThat(owner.isOurs()).isTrue();
    assertThatThrownBy(() -> cold.lock(LockMode.EXCLUSIVE))
        .isInstanceOf(DirectoryLockedException.class);
    owner.close();
  }

  @Test
  void whoseTheDirectoryIsIsReadOnceWhileItIsLocked() throws IOException {
    List<String> read = new ArrayList<>();
    Disk counting =
        new WrappedDisk(cold) {
          @Override
          public DiskFile openForReading(String name) throws IOException {
            read.add(name);
            return super.openForReading(name);
          }
        };
    try (ColdOwner owner = new ColdOwner(hot, counting, UUID.randomUUID())) {
      assertThat(owner.claim()).isTrue();
      read.clear();
      assertThat(owner.claim()).isTrue();
      assertThat(read).containsExactly(ColdOwner.THERE);
    }
  }

  private static byte[] bytes(SimDisk disk, String name) throws IOException {
    try (DiskFile file = disk.openForReading(name)) {
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(MemorySegment.ofArray(bytes), 0);
      return bytes;
    }
  }

  @Test
  void aRestoredBackupReadsThePacksOfTheOriginalAndLeavesThemAlone() throws IOException {
    moveFirst();
    put(cold, UNFINISHED, new byte[10]);
    List<String> before = cold.files();
    SimDisk restored = new SimDisk(3);
    try (Packs packs = open(restored, cold)) {
      assertThat(packs.mayMove()).isFalse();
      assertThat(packs.unknownCold()).isEmpty();
      packs.deleteUnknownCold(1);
      PackModel.write(packs, 2, owners);
      assertThatThrownBy(() -> packs.move(2))
          .isInstanceOf(UnusablePackException.class)
          .hasMessageContaining("is not this store's");
      packs.admitWhereItLies(1);
      check(packs);
      packs.drop(1);
    }
    assertThat(cold.files()).isEqualTo(before);
    assertThat(restored.files()).containsExactly("packs/0000000002.pack");
    try (Packs packs = open(hot, cold)) {
      assertThat(packs.unknownCold()).containsExactly(1L);
      assertThat(cold.files()).doesNotContain(UNFINISHED);
    }
  }

  @Test
  void nothingIsMovedWhileTheDiskIsAwayAndAgainWhenItIsBack() throws IOException {
    copyFirst();
    byte[] id = cold.bytes("owner");
    cold.lose("owner");
    cold.lose(NAME);
    try (Packs packs = open(hot, cold)) {
      packs.admitWhereItLies(1);
      assertThat(packs.mayMove()).isFalse();
      assertThatThrownBy(() -> packs.move(1)).isInstanceOf(UnusablePackException.class);
      assertThat(cold.files()).isEmpty();
      put(cold, "owner", id);
      assertThat(packs.mayMove()).isTrue();
      copy(packs, 1);
    }
    assertThat(cold.bytes(NAME)).isEqualTo(hot.bytes(NAME));
  }

  @Test
  void aDirectoryWithoutPacksGoesToTheNextOneWhoMovesThere() throws IOException {
    moveFirst();
    cold.lose(NAME);
    try (Packs second = open(new SimDisk(3), cold)) {
      PackModel.write(second, 2, owners);
      assertThat(second.mayMove()).isTrue();
      copy(second, 2);
    }
    try (Packs first = open(hot, cold)) {
      PackModel.write(first, 3, owners);
      assertThat(first.mayMove()).isFalse();
      assertThatThrownBy(() -> first.move(3)).hasMessageContaining("is not this store's");
    }
  }

  @Test
  void whateverCutsAClaimShortTheNextOneSucceeds() throws IOException {
    for (boolean there : new boolean[] {false, true}) {
      for (long at = 0; at < 30; at++) {
        for (Crash crash : Crash.values()) {
          SimDisk from = new SimDisk(at);
          SimDisk to = new SimDisk(at + 1);
          try (Packs packs = open(from, to)) {
            PackModel.write(packs, 1, owners);
            SimDisk failing = there ? to : from;
            failing.fail(new Fault(failing.operations() + at, Fault.Kind.EIO, true));
            copy(packs, 1);
          } catch (DiskException | UnusablePackException | ImmovablePackException e) {
            assertThat(e).isNotNull();
          }
          SimDisk fromAfter = from.noFaults().crash(crash);
          SimDisk toAfter = to.noFaults().crash(crash);
          try (Packs packs = open(fromAfter, toAfter)) {
            packs.admit(1);
            copy(packs, 1);
            assertThat(fromAfter.bytes("cold-owner")).isEqualTo(toAfter.bytes("owner"));
          }
        }
      }
    }
  }

  @Test
  void aCutFileDoesNotHideAGoodCopy() throws IOException {
    copyFirst();
    hot.cut(NAME, 700);
    try (Packs packs = open(hot, cold)) {
      packs.deleteUnknownCold(1);
      packs.admitWhereItLies(1);
      assertThat(packs.unknown()).isEmpty();
      assertThat(packs.unknownCold()).isEmpty();
      check(packs);
    }
    cold.lose(NAME);
    try (Packs packs = open(hot, cold)) {
      packs.admitWhereItLies(1);
      assertThatThrownBy(() -> packs.check(1)).hasMessageContaining("the file has 700 bytes");
    }
  }

  @Test
  void aCopyIsDeletedOnlyIfTheOriginalIsSoundAndTheSame() throws IOException {
    copyFirst();
    byte[] original = hot.bytes(NAME);
    byte[] copy = cold.bytes(NAME);
    hot.cut(NAME, 700);
    try (Packs packs = open(hot, cold)) {
      packs.admit(1);
      assertThatThrownBy(() -> packs.move(1)).hasMessageContaining("the file has 700 bytes");
      assertThat(cold.bytes(NAME)).isEqualTo(copy);
    }
    hot.lose(NAME);
    try (Packs packs = open(hot, cold)) {
      PackModel.write(packs, 1, PackModel.randomOwners(new SplittableRandom(7), 60));
      assertThatThrownBy(() -> packs.move(1))
          .isInstanceOf(ImmovablePackException.class)
          .hasMessageContaining("no copy of this store's");
      packs.deleteUnknownCold(1);
      assertThat(cold.bytes(NAME)).isEqualTo(copy);
    }
    hot.lose(NAME);
    put(hot, NAME, original);
    try (Packs packs = open(hot, cold)) {
      packs.admitWhereItLies(1);
      assertThat(packs.unknownCold()).containsExactly(1L);
      packs.deleteUnknownCold(1);
      assertThat(cold.files()).containsExactly("owner");
      check(packs);
    }
  }
}
