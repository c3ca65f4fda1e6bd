package dev.topics.engine;

import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.Quota;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.pack.PackOptions;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// How an engine is opened.
///
/// @param store how the data directory is laid out
/// @param writeLimits what one write may hold
/// @param quota what all topics together may hold
/// @param clock the time
/// @param packs how packs are read and written
/// @param cold where old packs go; null to keep all in the data directory
/// @param background whether threads do the syncing and the housekeeping; without them somebody has
///   to call [Engine#step]
/// @param maxRouters most routers; 0 for no limit
/// @param pressureNanos an append is refused while another answer waits for longer than this,
///   unless it says that it does not mind; 0 for never
/// @param recoveryProgress hears, from 0 to 1, how much of the log was read while opening; first as
///   soon as no other process has the directory. What it throws ends the opening
public record EngineOptions(
    StoreOptions store,
    WriteLimits writeLimits,
    Quota quota,
    EngineClock clock,
    PackOptions packs,
    @Nullable ColdStorage cold,
    boolean background,
    int maxRouters,
    long pressureNanos,
    DoubleConsumer recoveryProgress) {
  private static final int ROUTERS_MAX = 10_000;

  /// What a server uses when nobody says otherwise.
  public static EngineOptions defaults() {
    return new EngineOptions(
        StoreOptions.defaults(),
        WriteLimits.DEFAULT,
        Quota.DEFAULT,
        new SystemClock(),
        PackOptions.defaults(),
        null,
        true,
        ROUTERS_MAX,
        0,
        done -> {});
  }

  public EngineOptions withStore(StoreOptions options) {
    return changed(copy -> copy.store = options);
  }

  public EngineOptions withWriteLimits(WriteLimits limits) {
    return changed(copy -> copy.writeLimits = limits);
  }

  public EngineOptions withQuota(Quota bounds) {
    return changed(copy -> copy.quota = bounds);
  }

  public EngineOptions withClock(EngineClock engineClock) {
    return changed(copy -> copy.clock = engineClock);
  }

  public EngineOptions withPacks(PackOptions options) {
    return changed(copy -> copy.packs = options);
  }

  public EngineOptions withCold(@Nullable ColdStorage storage) {
    return changed(copy -> copy.cold = storage);
  }

  public EngineOptions withBackground(boolean threads) {
    return changed(copy -> copy.background = threads);
  }

  public EngineOptions withMaxRouters(int max) {
    return changed(copy -> copy.maxRouters = max);
  }

  public EngineOptions withPressureNanos(long nanos) {
    return changed(copy -> copy.pressureNanos = nanos);
  }

  public EngineOptions withRecoveryProgress(DoubleConsumer progress) {
    return changed(copy -> copy.recoveryProgress = progress);
  }

  private EngineOptions changed(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.options();
  }

  /// Options while one of them is being changed.
  private static final class Copy {
    private StoreOptions store;
    private WriteLimits writeLimits;
    private Quota quota;
    private EngineClock clock;
    private PackOptions packs;
    private @Nullable ColdStorage cold;
    private boolean background;
    private int maxRouters;
    private long pressureNanos;
    private DoubleConsumer recoveryProgress;

    Copy(EngineOptions original) {
      store = original.store;
      writeLimits = original.writeLimits;
      quota = original.quota;
      clock = original.clock;
      packs = original.packs;
      cold = original.cold;
      background = original.background;
      maxRouters = original.maxRouters;
      pressureNanos = original.pressureNanos;
      recoveryProgress = original.recoveryProgress;
    }

    EngineOptions options() {
      return new EngineOptions(
          store,
          writeLimits,
          quota,
          clock,
          packs,
          cold,
          background,
          maxRouters,
          pressureNanos,
          recoveryProgress);
    }
  }
}
