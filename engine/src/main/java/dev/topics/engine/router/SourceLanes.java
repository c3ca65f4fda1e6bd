package dev.topics.engine.router;

import dev.topics.engine.topic.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// All lanes that take records from one topic, and how often records of it were forwarded before.
///
/// **Threading** Changes under the commit lock; read by any thread.
final class SourceLanes {
  private final Topic topic;
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile List<Lane> lanes = List.of();
  private volatile Hops hops = Hops.NONE;

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
  }

  Hops hops() {
    return hops;
  }

  /// Seqs came through so many routers. What all lanes have passed is forgotten now and not as they
  /// pass it: a thousand lanes would each look at all others.
  void hopped(long firstSeq, long lastSeq, int count) {
    Hops known = hops.with(firstSeq, lastSeq, count);
    if (known.isLong()) {
      long passed = Long.MAX_VALUE;
      for (Lane lane : lanes) {
        passed = Math.min(passed, lane.cursor());
      }
      known = known.trimmedThrough(passed);
    }
    hops = known;
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
