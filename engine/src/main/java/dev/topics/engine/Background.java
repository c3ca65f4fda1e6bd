package dev.topics.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread that repeats one step, with a pause after each. If the step or its pause fails,
/// whatever it throws, that is told in the log and tried again after [#RETRY_MILLIS], or when
/// woken: a thread that ended would be missed by nobody, and one that did not wait would fill the
/// log.
final class Background implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Background.class);
  private static final long RETRY_MILLIS = 500;

  private final String name;
  private final LongSupplier pauseMillis;
  private final Thread thread;
  private volatile boolean closed;
  private volatile long failures;

  /// @param pauseMillis how long to wait after a step, unless woken; `Long.MAX_VALUE` for ever
  Background(String name, Runnable step, LongSupplier pauseMillis, ThreadFactory threads) {
    this.name = name;
    this.pauseMillis = pauseMillis;
    thread = threads.newThread(() -> run(step));
    thread.setName("topics-" + name);
    thread.start();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // its own thread counts
  private void run(Runnable step) {
    while (!closed) {
      long pause;
      try {
        step.run();
        pause = pauseMillis.getAsLong();
      } catch (RuntimeException | Error defect) {
        failures++;
        log.error("{} failed", name, defect);
        pause = RETRY_MILLIS;
      }
      if (pause == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else if (pause > 0) {
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(pause));
      }
    }
  }

  /// How often its step or its pause failed. Any thread.
  long failures() {
    return failures;
  }

  /// Ends the pause.
  void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public void close() {
    closed = true;
    wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
