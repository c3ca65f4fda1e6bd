package dev.topics.engine.topic;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who waits for something new in a topic.
final class Waiters {
  private static final Logger log = LoggerFactory.getLogger(Waiters.class);

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
    wakeIf(waiter -> waiter.afterSeq() < head);
  }

  /// Wakes everybody.
  void wakeAll() {
    wakeIf(waiter -> true);
  }

  private void wakeIf(Predicate<Waiter> due) {
    if (!any) {
      return;
    }
    List<Waiter> woken = new ArrayList<>();
    synchronized (waiting) {
      waiting.removeIf(waiter -> due.test(waiter) && woken.add(waiter));
      any = !waiting.isEmpty();
    }
    woken.forEach(Waiters::run);
  }

  /// One that fails, as an executor does that was shut down, must not keep the others waiting.
  private static void run(Waiter waiter) {
    try {
      waiter.wake().run();
    } catch (RuntimeException e) {
      log.warn("a waiting reader could not be woken", e);
    }
  }
}
