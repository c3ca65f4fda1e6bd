package dev.topics.storage;

import dev.topics.storage.journal.Wakeup;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/// A thread around a step: it works while there is work, and sleeps until signalled or due.
///
/// What a step throws is a defect, and told: whoever waits for the thread would wait for ever if it
/// just ended.
final class StepLoop {
  private final IntSupplier step;
  private final Wakeup wakeup;
  private final LongSupplier pauseNanos;
  private final Consumer<Throwable> defects;
  private final Thread thread;
  private volatile boolean stopping;

  /// @param pauseNanos asked on the thread how long to sleep at most when there was nothing to do
  StepLoop(
      IntSupplier step,
      Wakeup wakeup,
      LongSupplier pauseNanos,
      Consumer<Throwable> defects,
      ThreadFactory threads) {
    this.step = step;
    this.wakeup = wakeup;
    this.pauseNanos = pauseNanos;
    this.defects = defects;
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
      if (attempt() == 0) {
        wakeup.await(pauseNanos.getAsLong());
      }
    }
  }

  private int attempt() {
    try {
      return step.getAsInt();
    } catch (RuntimeException | Error defect) {
      defects.accept(defect);
      return 0;
    }
  }
}
