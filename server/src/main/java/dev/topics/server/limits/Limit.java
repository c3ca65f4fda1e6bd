package dev.topics.server.limits;

import java.util.concurrent.atomic.AtomicLong;

/// How many of something there may be at once. What is taken is counted before it is used, so that
/// no two can pass the last place together, and must be given back once.
///
/// **Threading** any thread.
public final class Limit {
  private final String name;
  private final long max;
  private final AtomicLong taken = new AtomicLong();

  /// @param name as clients are told, such as `max_sse_connections`
  /// @param max 0 for any number
  public Limit(String name, long max) {
    this.name = name;
    this.max = max;
  }

  public String name() {
    return name;
  }

  /// The largest number; 0 for any.
  public long max() {
    return max;
  }

  /// Takes one place, if there is one.
  public boolean tryTake() {
    if (max == 0) {
      return true;
    }
    if (taken.incrementAndGet() <= max) {
      return true;
    }
    taken.decrementAndGet();
    return false;
  }

  /// Gives back what [#tryTake] took.
  public void give() {
    if (max > 0) {
      long left = taken.decrementAndGet();
      assert left >= 0 : name + " was given back twice";
    }
  }
}
