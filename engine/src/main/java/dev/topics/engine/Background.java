package dev.topics.engine;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The housekeeping thread: a loop around one step.
final class Background implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Background.class);
  private static final long PAUSE_NANOS = 500_000_000L;

  private final Thread thread;
  private volatile boolean closed;

  Background(Runnable step, ThreadFactory threads) {
    thread = threads.newThread(() -> run(step));
    thread.setName("topics-housekeeping");
    thread.start();
  }

  private void run(Runnable step) {
    while (!closed) {
      try {
        step.run();
      } catch (RuntimeException defect) {
        log.error("housekeeping failed", defect);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
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
