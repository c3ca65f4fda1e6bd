package dev.topics.storage.pack;

import java.util.concurrent.atomic.AtomicInteger;

/// Counts the users of something that goes with the last of them; whoever makes it is the first.
final class Users {
  private final AtomicInteger count = new AtomicInteger(1);

  /// Adds a user; false if the last one has gone.
  boolean join() {
    int before;
    do {
      before = count.get();
      if (before == 0) {
        return false;
      }
    } while (!count.compareAndSet(before, before + 1));
    return true;
  }

  /// Takes a user away; true if it was the last one.
  boolean leave() {
    int left = count.decrementAndGet();
    assert left >= 0;
    return left == 0;
  }
}
