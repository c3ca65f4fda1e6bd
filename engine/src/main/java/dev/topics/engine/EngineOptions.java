package dev.topics.engine;

import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.EngineClock;
import dev.topics.storage.StoreOptions;
import java.util.function.DoubleConsumer;

/// How an engine is opened.
///
/// @param store how the data directory is laid out
/// @param writeLimits what one write may hold
/// @param clock the time
/// @param background whether threads do the syncing and the housekeeping; without them somebody has
///   to call [Engine#step]
/// @param recoveryProgress hears, from 0 to 1, how much of the log was read while opening
public record EngineOptions(
    StoreOptions store,
    WriteLimits writeLimits,
    EngineClock clock,
    boolean background,
    DoubleConsumer recoveryProgress) {

  /// What a server uses when nobody says otherwise.
  public static EngineOptions defaults() {
    return new EngineOptions(
        StoreOptions.defaults(), WriteLimits.DEFAULT, new SystemClock(), true, done -> {});
  }

  public EngineOptions withStore(StoreOptions options) {
    return new EngineOptions(options, writeLimits, clock, background, recoveryProgress);
  }

  public EngineOptions withWriteLimits(WriteLimits limits) {
    return new EngineOptions(store, limits, clock, background, recoveryProgress);
  }

  public EngineOptions withClock(EngineClock engineClock) {
    return new EngineOptions(store, writeLimits, engineClock, background, recoveryProgress);
  }

  public EngineOptions withBackground(boolean threads) {
    return new EngineOptions(store, writeLimits, clock, threads, recoveryProgress);
  }

  public EngineOptions withRecoveryProgress(DoubleConsumer progress) {
    return new EngineOptions(store, writeLimits, clock, background, progress);
  }
}
