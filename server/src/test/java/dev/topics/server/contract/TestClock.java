package dev.topics.server.contract;

import dev.topics.engine.model.EngineClock;
import java.util.concurrent.atomic.AtomicLong;

/// The time of a server under test: that of the machine, until it is frozen or moved.
final class TestClock implements EngineClock {
  private final AtomicLong wallOffsetMillis = new AtomicLong();
  private final AtomicLong nanosOffset = new AtomicLong();
  private volatile boolean frozen;

  /// Stops: from here on only [#advance] and [#stepWall] move it.
  TestClock freeze() {
    wallOffsetMillis.addAndGet(System.currentTimeMillis());
    nanosOffset.addAndGet(System.nanoTime());
    frozen = true;
    return this;
  }

  /// Lets time pass.
  void advance(long millis) {
    nanosOffset.addAndGet(millis * 1_000_000);
    wallOffsetMillis.addAndGet(millis);
  }

  /// Sets the wall clock forward or back without any time passing.
  void stepWall(long millis) {
    wallOffsetMillis.addAndGet(millis);
  }

  @Override
  public long wallMillis() {
    return wallOffsetMillis.get() + (frozen ? 0 : System.currentTimeMillis());
  }

  @Override
  public long nanos() {
    return nanosOffset.get() + (frozen ? 0 : System.nanoTime());
  }
}
