package dev.topics.engine.router;

import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// All lanes that take records from one topic, and how often records of it were forwarded before.
///
/// **Threading** Changes under the commit lock; read by any thread.
final class SourceLanes {
  private final Topic topic;
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile List<Lane> lanes = List.of();
  private volatile Hops hops = Hops.NONE;

  /// How many lanes, from the first on, are known to have passed the first range of `hops`.
  private int passed;

  SourceLanes(Topic topic) {
    this.topic = topic;
  }

  Topic topic() {
    return topic;
  }

  List<Lane> lanes() {
    return lanes;
  }

  void add(Lane lane) {
    List<Lane> changed = new ArrayList<>(lanes);
    changed.add(lane);
    lanes = List.copyOf(changed);
  }

  void remove(Lane lane) {
    List<Lane> changed = new ArrayList<>(lanes);
    changed.remove(lane);
    lanes = List.copyOf(changed);
    passed = 0;
    forgetPassed();
  }

  Hops hops() {
    return hops;
  }

  /// What is known now, put down when it is asked for, by any thread.
  Supplier<List<RouterState.Hops>> knownHops() {
    Hops now = hops;
    return () -> now.of(topic.id());
  }

  /// Seqs came through so many routers.
  void hopped(long firstSeq, long lastSeq, int count) {
    hops = hops.with(firstSeq, lastSeq, count);
  }

  /// A lane goes on to `seq`.
  void move(Lane lane, long seq) {
    lane.moveTo(seq);
    forgetPassed();
  }

  /// Forgets what all lanes have passed, unless there is little of it. Each lane is looked at once
  /// for each range that is forgotten: one that has passed it never goes back.
  private void forgetPassed() {
    List<Lane> all = lanes;
    while (hops.isLong()) {
      while (passed < all.size() && all.get(passed).cursor() >= hops.firstEnd()) {
        passed++;
      }
      if (passed < all.size()) {
        return;
      }
      long slowest = Long.MAX_VALUE;
      for (Lane lane : all) {
        slowest = Math.min(slowest, lane.cursor());
      }
      hops = hops.trimmedThrough(slowest);
      passed = 0;
    }
  }

  /// Returns whether it was not queued.
  boolean enqueue() {
    return queued.compareAndSet(false, true);
  }

  void dequeue() {
    queued.set(false);
  }

  /// Whether a lane has something to do and may try.
  boolean isDue() {
    for (Lane lane : lanes) {
      if (lane.lag() > 0 && lane.blocked() == null) {
        return true;
      }
    }
    return false;
  }
}
