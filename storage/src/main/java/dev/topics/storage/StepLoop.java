package dev.topics.storage;

import dev.topics.storage.journal.Wakeup;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntSupplier;

/// A thread around a step: it works while there is work, and sleeps until signalled or due.
final class StepLoop {
  private final IntSupplier step;
  private final Wakeup wakeup;
  private final long sleepNanos;
  private final Thread thread;
  private volatile boolean stopping;

  StepLoop(IntSupplier step, Wakeup wakeup, long sleepNanos, ThreadFactory threads) {
    this.step = step;
    this.wakeup = wakeup;
    this.sleepNanos = sleepNanos;
    this.thread = threads.newThread(this::run);
  }

  void start() {
    thread.start();
  }

  /// Returns when the thread has ended.
  void stop() {
    stopping = true;
    wakeup.signal();
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

  private void run() {
    while (!stopping) {
      if (step.getAsInt() == 0) {
        wakeup.await(sleepNanos);
      }
    }
  }
}
