package dev.topics.engine.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Thousands of seeded lives of random graphs of routers. A failing seed is printed; run it alone
/// to replay it.
final class RouterSimulationTest {
  private static final long TRIALS = Math.min(2_000, Long.getLong("topics.trials", 2_000));
  private static final long FIRST_SEED = Long.getLong("topics.seed", 1);
  private static final int RUNS = 4;

  @Test
  void eachRecordArrivesOnceAndInOrderOrItsLossIsTold() {
    LongStream.range(FIRST_SEED, FIRST_SEED + TRIALS).parallel().forEach(seed -> live(seed));
  }

  @Test
  void suchLivesGoThroughCyclesAndPacks() throws IOException {
    int cycles = 0;
    int packs = 0;
    for (long seed = 1; seed <= Math.min(100, TRIALS); seed++) {
      RouterTrial trial = new RouterTrial(seed, Sabotage.NONE);
      trial.run(RUNS);
      cycles += trial.graph().isCyclic() ? 1 : 0;
      packs += trial.hasFile("packs/") ? 1 : 0;
    }
    assertThat(cycles).isGreaterThan(10);
    assertThat(packs).isGreaterThan(20);
  }

  private static void live(long seed) {
    try {
      new RouterTrial(seed, Sabotage.NONE).run(RUNS);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "seed %d (-Dtopics.seed=%d -Dtopics.trials=1): %s".formatted(seed, seed, e), e);
    }
  }
}
