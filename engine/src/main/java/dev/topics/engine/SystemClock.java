package dev.topics.engine;

import dev.topics.engine.model.EngineClock;

/// The clock of the machine.
final class SystemClock implements EngineClock {
  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }
}
