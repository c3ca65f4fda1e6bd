package dev.topics.engine.topic;

import java.util.ArrayList;
import java.util.List;

/// Who waits for something new in a topic.
final class Waiters {
  private final List<Waiter> waiting = new ArrayList<>(0);
  private volatile boolean any;

  /// Somebody who waits for a head above `afterSeq`.
  record Waiter(long afterSeq, Runnable wake) {}

  void add(Waiter waiter) {
    synchronized (waiting) {
      waiting.add(waiter);
      any = true;
    }
  }

  boolean any() {
    return any;
  }

  /// Forgets `waiter`; returns whether it still waited.
  boolean remove(Waiter waiter) {
    synchronized (waiting) {
      boolean removed = waiting.remove(waiter);
      any = !waiting.isEmpty();
      return removed;
    }
  }

  /// Wakes those who wait for less than `head`.
  void wake(long head) {
    if (!any) {
      return;
    }
    List<Waiter> due = new ArrayList<>();
    synchronized (waiting) {
      waiting.removeIf(waiter -> waiter.afterSeq() < head && due.add(waiter));
      any = !waiting.isEmpty();
    }
    for (Waiter waiter : due) {
      waiter.wake().run();
    }
  }

  /// Wakes everybody.
  void wakeAll() {
    wake(Long.MAX_VALUE);
  }
}
