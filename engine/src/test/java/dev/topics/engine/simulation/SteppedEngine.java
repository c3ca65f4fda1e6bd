package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.EngineStats;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.PackStats;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.journal.JournalOptions;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/// An engine without threads: it does something in the background when its test says so.
public final class SteppedEngine {
  private static final int RESTING_ROUNDS = 20;
  private static final int RESTING_STEPS_MAX = 10_000;
  private static final int ANSWER_STEPS_MAX = 1000;

  private SteppedEngine() {}

  /// How it is opened.
  ///
  /// @param fileBytes of a journal file
  /// @param random where the store takes its ids from
  public static EngineOptions options(EngineClock clock, int fileBytes, SplittableRandom random) {
    JournalOptions journal =
        JournalOptions.defaults().withFileBytes(fileBytes).withNanoClock(clock::nanos);
    return EngineOptions.defaults()
        .withStore(new StoreOptions(journal, random))
        .withClock(clock)
        .withBackground(false);
  }

  /// What a command answers, which may have to wait for a sync.
  static <R> R await(Engine engine, CompletableFuture<R> answer) {
    for (int i = 0; i < ANSWER_STEPS_MAX && !answer.isDone(); i++) {
      engine.step();
    }
    assertThat(answer).isDone();
    return answer.join();
  }

  /// Where nobody does anything, packs are written, merged, rewritten and moved no more after a
  /// while.
  ///
  /// @param afterStep runs after each step of the engine
  static void assertComesToRest(Engine engine, ManualClock clock, Runnable afterStep) {
    rest(engine, clock, afterStep);
    PackStats before = engine.stats().packs();
    rest(engine, clock, afterStep);
    PackStats after = engine.stats().packs();
    EngineOracle.require(after.equals(before), "no rest: first %s, then %s", before, after);
  }

  /// What the engine says that all topics together hold is what they hold.
  static void assertHolds(Engine engine, long records, long bytes) {
    EngineStats told = engine.stats();
    EngineOracle.require(
        told.recordsLive() == records && told.bytesLive() == bytes,
        "%d records of %d bytes, told are %d of %d",
        records,
        bytes,
        told.recordsLive(),
        told.bytesLive());
  }

  private static void rest(Engine engine, ManualClock clock, Runnable afterStep) {
    for (int i = 0; i < RESTING_ROUNDS; i++) {
      clock.advance(10_000);
      int steps = 0;
      while (engine.step() > 0) {
        EngineOracle.require(steps++ < RESTING_STEPS_MAX, "no rest: %s", engine.stats().packs());
        afterStep.run();
      }
    }
  }
}
