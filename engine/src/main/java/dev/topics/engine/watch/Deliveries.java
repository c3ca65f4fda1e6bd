package dev.topics.engine.watch;

import dev.topics.engine.model.EngineClock;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Who waits to be served on one thread, and in which order (semantics §9): by priority, which
/// rises while somebody waits, so that nobody waits for ever.
///
/// Serves in slices, between which the thread does its other work: writes are not held up by
/// deliveries. Only while more is due than a slice holds does the order matter.
///
/// **Threading** one thread.
final class Deliveries {
  /// A slice ends after so many deliveries…
  private static final int SLICE_MAX = 64;

  /// …or after so long.
  private static final long SLICE_NANOS = 500_000;

  /// What a second of waiting is worth.
  private static final long AGE_PER_SECOND = 100;

  /// What waiting is worth at most.
  private static final long AGE_MAX = 1000;

  /// Priorities are not greater, nor less than this below zero.
  private static final int PRIORITY_MAX = 1000;

  private static final long NANOS_PER_POINT = 1_000_000_000 / AGE_PER_SECOND;
  private static final long AGED_NANOS = AGE_MAX * NANOS_PER_POINT;

  /// Somebody who may wait to be served.
  abstract static class Waiting {
    private @Nullable Lane lane;
    private @Nullable Waiting before;
    private @Nullable Waiting after;
    private long sinceNanos;

    final boolean isWaiting() {
      return lane != null;
    }

    /// Delivers one thing.
    abstract void serve();
  }

  /// All of one priority, in the order in which they came: the first is the most urgent of them.
  private static final class Lane implements Comparable<Lane> {
    private final int priority;
    private @Nullable Waiting first;
    private @Nullable Waiting last;

    /// The moment at which one of priority 0 would have had to come to be as urgent as the first;
    /// what waiting adds is the same for all and needs no counting.
    private long rankNanos;

    Lane(int priority) {
      this.priority = priority;
    }

    void add(Waiting waiting) {
      Waiting end = last;
      waiting.lane = this;
      waiting.before = end;
      last = waiting;
      if (end == null) {
        first = waiting;
      } else {
        end.after = waiting;
      }
    }

    void remove(Waiting waiting) {
      Waiting before = waiting.before;
      Waiting after = waiting.after;
      if (before == null) {
        first = after;
      } else {
        before.after = after;
      }
      if (after == null) {
        last = before;
      } else {
        after.before = before;
      }
      waiting.lane = null;
      waiting.before = null;
      waiting.after = null;
    }

    void rank(Waiting front, long nowNanos) {
      long counted = Math.max(front.sinceNanos, nowNanos - AGED_NANOS);
      rankNanos = counted - priority * NANOS_PER_POINT;
    }

    @Override
    public int compareTo(Lane other) {
      return Long.signum(rankNanos - other.rankNanos);
    }
  }

  private final @Nullable Lane[] lanes = new @Nullable Lane[2 * PRIORITY_MAX + 1];

  /// Those in which somebody waits.
  private final PriorityQueue<Lane> queue = new PriorityQueue<>();

  private final EngineClock clock;
  private final WatchDesk.Turns turns;
  private final Runnable whenIdle;
  private int size;
  private boolean planned;
  private long rankedNanos;

  /// @param whenIdle runs when nobody is left to be served
  Deliveries(EngineClock clock, WatchDesk.Turns turns, Runnable whenIdle) {
    this.clock = clock;
    this.turns = turns;
    this.whenIdle = whenIdle;
    rankedNanos = clock.nanos();
  }

  int size() {
    return size;
  }

  /// Serves `waiting` in its turn.
  void offer(Waiting waiting, int priority) {
    waiting.sinceNanos = clock.nanos();
    Lane lane = lane(priority);
    lane.add(waiting);
    size++;
    requeue(lane, waiting.before == null, waiting.sinceNanos);
    if (!planned) {
      planned = true;
      turns.soon(this::slice);
    }
  }

  private Lane lane(int priority) {
    Lane lane = lanes[PRIORITY_MAX + priority];
    if (lane == null) {
      lane = new Lane(priority);
      lanes[PRIORITY_MAX + priority] = lane;
    }
    return lane;
  }

  void withdraw(Waiting waiting) {
    Lane lane = waiting.lane;
    if (lane != null) {
      boolean wasFirst = waiting.before == null;
      if (wasFirst) {
        queue.remove(lane);
      }
      lane.remove(waiting);
      size--;
      requeue(lane, wasFirst, clock.nanos());
    }
  }

  /// Puts a lane that is out of the queue into its place, if there is somebody in it.
  private void requeue(Lane lane, boolean out, long nowNanos) {
    Waiting front = lane.first;
    if (out && front != null) {
      lane.rank(front, nowNanos);
      queue.add(lane);
    }
  }

  /// Goes on with the others whatever fails for one. Between slices whoever waits for the processor
  /// goes first: the client whose answer has come, and those that are to read what they were sent.
  @SuppressWarnings("ThreadPriorityCheck") // only a hint: nothing depends on it
  private void slice() {
    try {
      serveMostUrgent();
    } finally {
      planned = !queue.isEmpty();
      if (planned) {
        Thread.yield();
        turns.later(this::slice);
      } else {
        whenIdle.run();
      }
    }
  }

  private void serveMostUrgent() {
    long start = clock.nanos();
    rankAgain(start);
    long now = start;
    for (int i = 0; i < SLICE_MAX && now - start <= SLICE_NANOS; i++) {
      Lane lane = queue.poll();
      Waiting next = lane == null ? null : lane.first;
      if (lane == null || next == null) {
        break;
      }
      lane.remove(next);
      size--;
      requeue(lane, true, now);
      next.serve();
      now = clock.nanos();
    }
  }

  /// Whoever waits for longer than waiting counts no longer gains on those who came later.
  private void rankAgain(long nowNanos) {
    if (nowNanos - rankedNanos < AGED_NANOS / 10 || queue.isEmpty()) {
      return;
    }
    rankedNanos = nowNanos;
    Lane[] all = queue.toArray(Lane[]::new);
    queue.clear();
    for (Lane lane : all) {
      requeue(lane, true, nowNanos);
    }
  }
}
