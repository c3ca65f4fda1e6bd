package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.model.PackStats;
import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Many thousand seeded lives of an engine. A failing seed is printed; run it alone to replay it.
final class EngineSimulationTest {
  private static final long TRIALS = Long.getLong("topics.trials", 20_000);
  private static final long FIRST_SEED = Long.getLong("topics.seed", 1);
  private static final int RUNS = 4;

  @Test
  void whatWasAckedIsThereOrToldToBeLostWhateverFailsAndWheneverItCrashes() {
    LongStream.range(FIRST_SEED, FIRST_SEED + TRIALS).parallel().forEach(seed -> live(seed));
  }

  @Test
  void suchLivesGoThroughCheckpointsReleasedFilesAndAllThatHappensToPacks() throws IOException {
    int checkpoints = 0;
    int released = 0;
    long packed = 0;
    long merged = 0;
    long moved = 0;
    long deleted = 0;
    for (long seed = 1; seed <= 200; seed++) {
      EngineTrial trial = new EngineTrial(seed);
      trial.run(RUNS);
      checkpoints += trial.hasFile("checkpoints/0") ? 1 : 0;
      packed += trial.packs(PackStats::written);
      merged += trial.packs(PackStats::merged);
      moved += trial.packs(PackStats::moved);
      deleted += trial.packs(PackStats::deleted);
      released += trial.hasFile("journal/0000000001.") ? 0 : 1;
    }
    assertThat(checkpoints).isGreaterThan(50);
    assertThat(released).isGreaterThan(5);
    assertThat(packed).isGreaterThan(20);
    assertThat(merged).isGreaterThan(10);
    assertThat(moved).isGreaterThan(10);
    assertThat(deleted).isGreaterThan(10);
  }

  /// The end of the log was copied to another file by a recovery, so that a place that was named
  /// before began and ended in the middle of a chunk of the index.
  @Test
  void aPlaceThatWasNamedBeforeTheEndOfTheLogWasCopiedIsReplacedExactly() {
    live(2402);
  }

  private static void live(long seed) {
    try {
      new EngineTrial(seed).run(RUNS);
    } catch (Exception | Error e) {
      throw new AssertionError(
          "seed %d (-Dtopics.seed=%d -Dtopics.trials=1): %s".formatted(seed, seed, e), e);
    }
  }
}
