package dev.topics.engine.simulation;

import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.EngineClock;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.journal.JournalOptions;
import java.util.SplittableRandom;

/// An engine without threads: it does something in the background when its test says so.
public final class SteppedEngine {
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
}
