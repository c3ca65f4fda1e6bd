package dev.topics.engine.simulation;

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

  private static void live(long seed) {
    try {
      new EngineTrial(seed).run(RUNS);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "seed %d (-Dtopics.seed=%d -Dtopics.trials=1): %s".formatted(seed, seed, e), e);
    }
  }
}
