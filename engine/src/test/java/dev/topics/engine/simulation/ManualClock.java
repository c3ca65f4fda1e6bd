package dev.topics.engine.simulation;

import dev.topics.engine.model.EngineClock;
import org.jspecify.annotations.Nullable;

/// A clock that moves when it is told to.
public final class ManualClock implements EngineClock {
  private long millis = 1_700_000_000_000L;
  private long nanos;
  private int readings;
  private @Nullable Runnable event;

  /// Has `next` happen while somebody reads the nanoseconds for the `reading`th time from now on.
  void happensAt(int reading, Runnable next) {
    readings = reading;
    event = next;
  }

  public void advance(long byMillis) {
    millis += byMillis;
    nanos += byMillis * 1_000_000;
  }

  /// Moves the wall clock alone.
  public void step(long byMillis) {
    millis += byMillis;
  }

  @Override
  public long wallMillis() {
    return millis;
  }

  @Override
  public long nanos() {
    Runnable due = event;
    if (due != null && --readings == 0) {
      event = null;
      due.run();
    }
    return nanos;
  }
}
