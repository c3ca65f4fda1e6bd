package dev.topics.engine.simulation;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Many thousand seeded lives of an engine. A failing seed is printed; run it alone to replay it.
final class EngineSimulationTest {
  private static final int TRIALS = Integer.getInteger("topics.trials", 2000);
  private static final long FIRST_SEED = Long.getLong("topics.seed", 1);
  private static final int RUNS = 4;

  @Test
  void whatWasAckedIsThereOrToldToBeLostWhateverFailsAndWheneverItCrashes() {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + TRIALS; seed++) {
      live(seed);
    }
  }

  private static void live(long seed) {
    try {
      new EngineTrial(seed, UnaryOperator.identity()).run(RUNS);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + " (-Dtopics.seed=" + seed + "): " + e, e);
    }
  }
}
