package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.NewFile;
import dev.topics.storage.sim.CountingDisk;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.FailedSync;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Packs are written with a fault at each operation in turn, then the system crashes. What was
/// finished is there, whole; what was not leaves nothing that is relied on.
final class PackCrashTest {
  private static final PackOptions OPTIONS =
      PackOptions.defaults().withChunks(3000, 20).withSyncEveryBytes(4000);

  private final NavigableMap<Long, List<ModelRecord>> owners =
      PackModel.randomOwners(new SplittableRandom(3), 60);

  @ParameterizedTest
  @CsvSource({
    "EIO, MARKS_CLEAN", "EIO, DROPS", "EIO, STAYS_BROKEN",
    "ENOSPC, MARKS_CLEAN", "ENOSPC, DROPS", "ENOSPC, STAYS_BROKEN",
    "SHORT_WRITE, MARKS_CLEAN"
  })
  void aFaultAtAnyOperationLosesNoFinishedPack(Fault.Kind kind, FailedSync model)
      throws IOException {
    SimDisk faultless = new SimDisk(1);
    assertThat(live(faultless)).hasSize(2);
    long operations = faultless.operations();
    assertThat(operations).isGreaterThan(25);
    for (long at = 0; at < operations; at++) {
      for (Crash crash : Crash.values()) {
        SimDisk disk = new SimDisk(at).failedSync(model).fail(new Fault(at, kind, false));
        try {
          List<List<PackedRun>> finished = liveAndLeaveNothing(disk);
          disk.noFaults();
          checkAfterCrash(disk.crash(crash), finished);
        } catch (AssertionError e) {
          throw new AssertionError("%s at %d, then %s: %s".formatted(kind, at, crash, e), e);
        }
      }
    }
  }

  private List<List<PackedRun>> liveAndLeaveNothing(SimDisk disk) {
    CountingDisk counting = new CountingDisk(disk);
    List<List<PackedRun>> finished = live(counting);
    assertThat(counting.open()).isZero();
    assertThat(disk.files()).noneMatch(name -> name.endsWith(NewFile.SUFFIX));
    return finished;
  }

  /// What fails is no fault of the disk, but options that nobody can use.
  @Test
  @SuppressWarnings("NullAway")
  void aWriterThatFailsBeforeItWritesLeavesNothing() throws IOException {
    SimDisk disk = new SimDisk(1);
    CountingDisk counting = new CountingDisk(disk);
    try (Packs packs = PackModel.open(counting, OPTIONS)) {
      assertThatThrownBy(() -> new PackWriter(packs, counting, PackModel.STORE, 1, null))
          .isInstanceOf(NullPointerException.class);
    }
    assertThat(counting.open()).isZero();
    assertThat(disk.files()).isEmpty();
  }

  /// Writes pack 1, merges it into pack 2, drops pack 1; answers the runs of what was finished.
  private List<List<PackedRun>> live(Disk disk) {
    List<List<PackedRun>> finished = new ArrayList<>();
    try (Packs packs = PackModel.open(disk, OPTIONS)) {
      List<PackedRun> runs = write(packs, 1);
      if (runs == null) {
        runs = write(packs, 3);
      }
      if (runs == null) {
        return finished;
      }
      finished.add(runs);
      List<PackedRun> merged = merge(packs, runs);
      if (merged != null) {
        finished.add(merged);
        packs.drop(runs.getFirst().pack());
      }
    } catch (DiskException e) {
      assertThat(e).isNotNull();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return finished;
  }

  private @Nullable List<PackedRun> write(Packs packs, long id) {
    try {
      return PackModel.write(packs, id, owners);
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable List<PackedRun> merge(Packs packs, List<PackedRun> runs) {
    try (PackWriter writer = packs.create(2);
        PackMerge merge = new PackMerge(packs, runs, new All(), writer)) {
      while (merge.step(2000) > 0) {
        assertThat(writer.bytes()).isPositive();
      }
      return writer.finish();
    } catch (IOException e) {
      return null;
    }
  }

  private void checkAfterCrash(SimDisk disk, List<List<PackedRun>> finished) throws IOException {
    try (Packs packs = PackModel.open(disk, OPTIONS);
        RunReader reader = packs.newReader()) {
      assertThat(disk.files()).noneMatch(name -> name.endsWith(".new"));
      if (finished.isEmpty()) {
        return;
      }
      List<PackedRun> last = finished.getLast();
      packs.admit(last.getFirst().pack());
      SplittableRandom random = new SplittableRandom(1);
      for (PackedRun run : last) {
        List<ModelRecord> records = Objects.requireNonNull(owners.get(run.owner()));
        PackModel.check(reader, run, records, random);
      }
      for (long unknown : packs.unknown()) {
        packs.drop(unknown);
      }
      assertThat(PackModel.write(packs, 9, owners)).hasSize(owners.size());
      assertThat(disk.files()).hasSize(2);
    }
  }

  /// Everything is alive.
  private static final class All implements Liveness {
    @Override
    public long nextLive(long owner, long seq) {
      return seq;
    }

    @Override
    public long nextDead(long owner, long seq) {
      return Long.MAX_VALUE;
    }
  }
}
