package dev.topics.engine.router;

import dev.topics.engine.topic.Forwarding;
import dev.topics.engine.topic.Topics;
import java.util.ArrayList;
import java.util.List;

/// Moves all routers on: what is visible in a source is forwarded soon, off the path of the answer
/// to its writer.
///
/// **Threading** [#step] by one thread at a time; [#onWork] any thread.
public final class Forwarder {
  private static final long PAUSE_MILLIS_MAX = 1000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final DueSources due;
  private final Forwarding forwarding;
  private final List<SourceLanes> looked = new ArrayList<>();
  private final List<Lane> planned = new ArrayList<>();
  private final List<Lane> blocked = new ArrayList<>();
  private boolean closed;

  public Forwarder(Topics topics, RouterTable table) {
    due = table.due();
    forwarding = topics.newForwarding();
  }

  /// Sets what runs when there is work after there was none; it must not block. Any thread runs it.
  public void onWork(Runnable task) {
    due.onWork(task);
  }

  /// Whether the next [#step] comes soon in any case, so that nobody needs to be told of work. If
  /// not, [#pauseMillis] has to be asked again after this.
  public void looksForWork(boolean soon) {
    due.looked(soon);
  }

  private boolean hasWork() {
    return !due.isEmpty();
  }

  /// How long to wait for work before the next step is due all the same.
  public long pauseMillis() {
    if (hasWork()) {
      return 0;
    }
    long pause = PAUSE_MILLIS_MAX;
    for (Lane lane : blocked) {
      pause = Math.min(pause, lane.nanosToRetry() / NANOS_PER_MILLI + 1);
    }
    return Math.max(1, pause);
  }

  /// Lets every lane that has something to forward do some of it; returns how many did.
  public int step() {
    if (closed) {
      return 0;
    }
    retryBlocked();
    int done = 0;
    looked.clear();
    for (int left = due.size(); left > 0; left--) {
      SourceLanes source = due.poll();
      if (source == null) {
        break;
      }
      looked.add(source);
      done += forward(source);
    }
    commit();
    for (SourceLanes source : looked) {
      if (!closed && source.isDue()) {
        due.add(source);
      }
    }
    return done;
  }

  private int forward(SourceLanes source) {
    int done = 0;
    for (Lane lane : source.lanes()) {
      if (lane.blocked() != null && lane.nanosToRetry() > 0) {
        continue;
      }
      if (forwarding.plan(lane)) {
        planned.add(lane);
        done++;
      } else if (lane.blocked() != null && !blocked.contains(lane)) {
        blocked.add(lane);
      }
      if (forwarding.isFull()) {
        commit();
      }
    }
    return done;
  }

  private void commit() {
    switch (forwarding.commit()) {
      case DONE -> planned.forEach(Lane::unblock);
      case STORAGE_FULL -> blocked.addAll(planned);
      case CLOSED -> closed = true;
    }
    planned.clear();
  }

  private void retryBlocked() {
    for (int i = blocked.size() - 1; i >= 0; i--) {
      Lane lane = blocked.get(i);
      if (!lane.isCurrent() || lane.blocked() == null) {
        blocked.remove(i);
      } else if (lane.nanosToRetry() <= 0) {
        blocked.remove(i);
        due.add(lane.sourceLanes());
      }
    }
  }
}
