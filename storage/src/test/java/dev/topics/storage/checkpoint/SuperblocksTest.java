package dev.topics.storage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.FailedSync;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A superblock that could not be written is written by the next attempt, and one copy is whole at
/// any time.
final class SuperblocksTest {
  private static final int OPERATIONS_MAX = 20;

  private static long generation(SimDisk disk) throws IOException {
    return Superblocks.read(disk).current().checkpointGeneration();
  }

  @ParameterizedTest
  @CsvSource({
    "EIO, MARKS_CLEAN",
    "EIO, DROPS",
    "ENOSPC, MARKS_CLEAN",
    "ENOSPC, DROPS",
    "SHORT_WRITE, MARKS_CLEAN"
  })
  void aFailedWriteIsTriedAgain(Fault.Kind kind, FailedSync model) throws IOException {
    tryAgain(kind, model, "", false);
  }

  @ParameterizedTest
  @CsvSource({
    "EIO, MARKS_CLEAN, superblock-a",
    "EIO, DROPS, superblock-b",
    "ENOSPC, MARKS_CLEAN, superblock-b"
  })
  void aMissingCopyIsDurableBeforeTheOtherOneIsTouched(
      Fault.Kind kind, FailedSync model, String lost) throws IOException {
    tryAgain(kind, model, lost, false);
  }

  @ParameterizedTest
  @CsvSource({
    "EIO, MARKS_CLEAN, ''",
    "EIO, MARKS_CLEAN, superblock-a",
    "EIO, DROPS, superblock-b",
    "ENOSPC, MARKS_CLEAN, superblock-b"
  })
  void whoReadsAgainAfterAFailureMakesNamesDurableBeforeAnyOverwrite(
      Fault.Kind kind, FailedSync model, String lost) throws IOException {
    tryAgain(kind, model, lost, true);
  }

  private static void tryAgain(Fault.Kind kind, FailedSync model, String lost, boolean readAgain)
      throws IOException {
    int failures = 0;
    for (int first = 0; first < OPERATIONS_MAX; first++) {
      for (int second = 0; second < OPERATIONS_MAX; second++) {
        SimDisk disk = new SimDisk(31L * first + second).failedSync(model);
        Superblocks superblocks = Superblocks.open(disk, new SplittableRandom(1));
        superblocks.write(superblocks.current().checkpointed(1));
        if (!lost.isEmpty()) {
          disk.lose(lost);
          superblocks = Superblocks.read(disk);
        }
        for (int at : List.of(first, second)) {
          disk.fail(new Fault(disk.operations() + at, kind, false));
          try {
            superblocks.write(superblocks.current().checkpointed(2));
          } catch (IOException e) {
            failures++;
            assertThat(superblocks.current().checkpointGeneration()).isBetween(1L, 2L);
          }
          disk.noFaults();
          if (readAgain) {
            superblocks = Superblocks.read(disk);
          }
          assertThat(generation(disk.copy().crash(Crash.POWER))).isBetween(1L, 2L);
        }
        superblocks.write(superblocks.current().checkpointed(3));
        SimDisk after = disk.crash(Crash.POWER);
        assertThat(generation(after)).isEqualTo(3);
        assertThat(Superblocks.read(after).unreadable()).isEmpty();
      }
    }
    assertThat(failures > OPERATIONS_MAX).isEqualTo(kind != Fault.Kind.SHORT_WRITE);
  }
}
