package dev.topics.engine.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who waits for jobs of one queue, in the order in which they came.
///
/// **Threading** Under the commit lock, but for [#changed].
final class Desk {
  /// No moment.
  static final long NEVER = Long.MAX_VALUE;

  private final Jobs jobs;
  private final Signals signals;
  private final List<Claimant> waiting = new ArrayList<>(0);
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile boolean any;
  private long lookAt = NEVER;
  private long windowEnds = NEVER;

  Desk(Jobs jobs, Signals signals) {
    this.jobs = jobs;
    this.signals = signals;
  }

  Jobs jobs() {
    return jobs;
  }

  boolean any() {
    return any;
  }

  List<Claimant> waiting() {
    return waiting;
  }

  /// Adds somebody who found nothing while readers saw up to `head`.
  void add(Claimant claimant, long head) {
    waiting.add(claimant);
    any = true;
    if (jobs.queue().visibleHead() > head) {
      changed();
    }
  }

  boolean remove(Claimant claimant) {
    boolean removed = waiting.remove(claimant);
    any = !waiting.isEmpty();
    return removed;
  }

  /// Has somebody look whether there is something to claim for those who wait. Any thread.
  void changed() {
    if (any && signalled.compareAndSet(false, true)) {
      signals.add(this);
    }
  }

  /// The signal has been heard; another one may come.
  void heard() {
    signalled.set(false);
  }

  /// A lease or delay is over at `steadyMillis`, perhaps before anybody would look.
  void timeMoved(long steadyMillis) {
    if (steadyMillis < lookAt) {
      changed();
    }
  }

  /// When somebody will look by the clock, in steady milliseconds.
  long lookAt() {
    return lookAt;
  }

  void lookAt(long steadyMillis) {
    lookAt = steadyMillis;
  }

  /// When the claims that came together are served, in steady milliseconds.
  long windowEnds() {
    return windowEnds;
  }

  void windowEnds(long steadyMillis) {
    windowEnds = steadyMillis;
  }
}
