package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.disk.Disk;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Thousands of seeded lives of a store. A failing seed is printed; run it alone to replay it.
final class StorageSimulationTest {
  private static final int TRIALS = Integer.getInteger("topics.trials", 4000);
  private static final long FIRST_SEED = Long.getLong("topics.seed", 1);
  private static final int RUNS = 4;

  /// The search for a bug ends when it is noticed.
  private static final int BUG_TRIALS = Math.max(TRIALS, 4000);

  @Test
  void noAckedFrameIsLostWhateverFailsAndWheneverItCrashes() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + TRIALS; seed++) {
      Throwable red = live(seed, UnaryOperator.identity());
      if (red != null) {
        throw new AssertionError("seed " + seed + " (-Dtopics.seed=" + seed + "): " + red, red);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPlantedBugTurnsTheOracleRed(PlantedBug bug) {
    long seed = 1;
    while (seed <= BUG_TRIALS && live(seed, bug::plantIn) == null) {
      seed++;
    }
    assertThat(seed).as("trials until " + bug + " was noticed").isLessThanOrEqualTo(BUG_TRIALS);
  }

  private static @Nullable Throwable live(long seed, UnaryOperator<Disk> wrapping) {
    try {
      new StorageTrial(seed, wrapping).run(RUNS);
      return null;
    } catch (Exception | AssertionError e) {
      return e;
    }
  }
}
