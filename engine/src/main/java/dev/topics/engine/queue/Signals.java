package dev.topics.engine.queue;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Desks to look at, and whom to wake for that.
///
/// **Threading** Any thread.
final class Signals {
  private final Queue<Desk> changed = new ConcurrentLinkedQueue<>();
  private volatile Runnable wake = () -> {};

  /// Sets what is run, on any thread, when there is something to look at.
  void listen(Runnable wakeUp) {
    wake = wakeUp;
  }

  void add(Desk desk) {
    changed.add(desk);
    wake.run();
  }

  /// Has whoever waits look at the time again.
  void wake() {
    wake.run();
  }

  @Nullable Desk next() {
    return changed.poll();
  }

  boolean any() {
    return !changed.isEmpty();
  }
}
