package dev.topics.storage;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Thousands of seeded lives of a store. A failing seed is printed; run it alone to replay it.
final class StorageSimulationTest {
  private static final int TRIALS = Integer.getInteger("topics.trials", 4000);
  private static final long FIRST_SEED = Long.getLong("topics.seed", 1);
  private static final int RUNS = 4;

  @Test
  void noAckedFrameIsLostWhateverFailsAndWheneverItCrashes() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + TRIALS; seed++) {
      live(seed);
    }
  }

  private static void live(long seed) {
    try {
      new StorageTrial(seed, UnaryOperator.identity()).run(RUNS);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + " (-Dtopics.seed=" + seed + "): " + e, e);
    }
  }
}
