package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.sim.FailedSync;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same life of an engine, with a fault at each of its operations in turn: of the journal, of
/// checkpoints, of packs, and of the recoveries in between. A fault that stays is, to whatever
/// comes behind it, a crash at that operation.
final class EngineFaultSweepTest {
  private static final int RUNS = 3;
  private static final int CANDIDATES = 8;
  private static final Life LIFE = lifeWithAllThatCanFail();

  /// A life without faults, and how many operations there are in it.
  private record Life(long seed, long operations) {}

  /// What a life does with its seed changes with the engine, so the seed is looked for. Of those
  /// that will do, the one with the fewest operations shows as much in less time.
  private static Life lifeWithAllThatCanFail() {
    return LongStream.range(0, 10_000)
        .mapToObj(EngineFaultSweepTest::withAllThatCanFail)
        .flatMap(Optional::stream)
        .limit(CANDIDATES)
        .min(Comparator.comparingLong(Life::operations))
        .orElseThrow();
  }

  private static Optional<Life> withAllThatCanFail(long seed) {
    try {
      OneFault none = new OneFault(null, FailedSync.DROPS);
      EngineTrial trial = new EngineTrial(seed, none);
      trial.run(RUNS);
      boolean hasAll =
          trial.hasFile("checkpoints/0")
              && trial.hasFile("packs/")
              && !trial.hasFile("journal/0000000001.");
      return hasAll ? Optional.of(new Life(seed, none.operations())) : Optional.empty();
    } catch (IOException e) {
      throw new AssertionError("a life without faults failed: " + seed, e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EIO, false", "EIO, true",
    "ENOSPC, false", "ENOSPC, true",
    "SHORT_WRITE, false", "SHORT_WRITE, true"
  })
  void aFaultAtAnyOperationLosesNothingThatWasAcked(Fault.Kind kind, boolean always) {
    assertThat(LIFE.operations()).isGreaterThan(100);
    LongStream.range(0, LIFE.operations()).parallel().forEach(at -> live(kind, at, always));
  }

  private static void live(Fault.Kind kind, long at, boolean always) {
    Fault fault = new Fault(at, kind, always);
    boolean syncsFail = kind != Fault.Kind.SHORT_WRITE;
    FailedSync[] models = syncsFail ? FailedSync.values() : new FailedSync[] {FailedSync.DROPS};
    for (FailedSync model : models) {
      try {
        new EngineTrial(LIFE.seed(), new OneFault(fault, model)).run(RUNS);
      } catch (IOException | AssertionError e) {
        throw new AssertionError("%s, failed syncs %s: %s".formatted(fault, model, e), e);
      }
    }
  }

  /// A fault that counts the operations of all runs.
  private static final class OneFault implements EngineFaults {
    private final @Nullable Fault fault;
    private final FailedSync failedSync;
    private long operationsBefore;
    private @Nullable SimDisk disk;

    OneFault(@Nullable Fault fault, FailedSync failedSync) {
      this.fault = fault;
      this.failedSync = failedSync;
    }

    /// Operations so far.
    long operations() {
      return operationsBefore + (disk == null ? 0 : disk.operations());
    }

    @Override
    public boolean plan(SimDisk next, SplittableRandom random) {
      operationsBefore = operations();
      disk = next;
      next.failedSync(failedSync);
      if (fault == null || (operationsBefore > fault.operation() && !fault.always())) {
        return false;
      }
      long at = Math.max(0, fault.operation() - operationsBefore);
      next.fail(new Fault(at, fault.kind(), fault.always()));
      return true;
    }
  }
}
