package dev.topics.engine.router;

import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.topic.EngineTime;
import dev.topics.engine.topic.Forwarding;
import dev.topics.engine.topic.Topics;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves all routers on: what is visible in a source is forwarded soon, off the path of the answer
/// to its writer. A lane that fails is told in the log, stands still and is tried again; the others
/// go on.
///
/// **Threading** [#step], [#run] and [#pauseMillis] by one thread at a time; [#onWork] any thread.
public final class Forwarder {
  private static final Logger log = LoggerFactory.getLogger(Forwarder.class);
  private static final long PAUSE_MILLIS_MAX = 1000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long LOOK_NANOS = 50_000;
  private static final long LOOKS_NANOS = 20_000_000;

  private final DueSources due;
  private final Forwarding forwarding;
  private final List<SourceLanes> looked = new ArrayList<>();
  private final List<Lane> planned = new ArrayList<>();
  private final Set<Lane> blocked = new LinkedHashSet<>();
  private final EngineTime clock;
  private boolean closed;
  private int frames;
  private volatile long failures;

  /// Whether there was nothing more to do after the last [#run].
  private boolean resting = true;

  /// When there last was work.
  private long workedNanos;

  public Forwarder(Topics topics, RouterTable table) {
    due = table.due();
    forwarding = topics.newForwarding();
    clock = topics.clock();
    workedNanos = clock.nanos();
  }

  /// Sets what runs when there is work after there was none; it must not block. Any thread runs it.
  public void onWork(Runnable task) {
    due.onWork(task);
  }

  /// How often a lane failed, since the start. Any thread.
  public long failures() {
    return failures;
  }

  /// One turn of a thread that waits for [#pauseMillis] between turns, or until it is woken.
  ///
  /// Whoever woke it is about to answer a writer. If both share a processor, that would wait for
  /// all forwards; a moment's pause lets it go first.
  public void run() {
    if (closed) {
      return;
    }
    if (resting) {
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
    if (step() > 0) {
      workedNanos = clock.nanos();
    }
    resting = millisToWork() > 0;
  }

  /// How long to wait for work before the next [#run] is due all the same.
  ///
  /// For a while after it had work it looks for more by itself: to wake a thread costs a writer
  /// more than its own work does. Once nothing is taken any more it waits for ever, whatever is
  /// left.
  public long pauseMillis() {
    if (closed) {
      due.looked(false);
      return Long.MAX_VALUE;
    }
    boolean looks = clock.nanos() - workedNanos < LOOKS_NANOS;
    due.looked(looks);
    return looks ? 0 : millisToWork();
  }

  private long millisToWork() {
    if (!due.isEmpty()) {
      return 0;
    }
    long pause = PAUSE_MILLIS_MAX;
    for (Lane lane : blocked) {
      pause = Math.min(pause, lane.nanosToRetry() / NANOS_PER_MILLI + 1);
    }
    return Math.max(1, pause);
  }

  /// Lets every lane that has something to forward do some of it; returns how many did. Should it
  /// fail as a whole, it leaves no plan behind, and everything due.
  public int step() {
    if (closed) {
      return 0;
    }
    retryBlocked();
    looked.clear();
    try {
      return forward();
    } catch (RuntimeException | Error defect) {
      forwarding.abandon();
      planned.clear();
      looked.forEach(due::add);
      throw defect;
    }
  }

  private int forward() {
    int done = 0;
    frames = 0;
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
      if (plan(lane)) {
        planned.add(lane);
        done++;
      }
      if (forwarding.isFull()) {
        commit();
      }
    }
    return done;
  }

  /// Plans what it does next; false if that is nothing, also because it is blocked.
  private boolean plan(Lane lane) {
    boolean found = false;
    try {
      found = forwarding.plan(lane);
    } catch (RuntimeException | Error defect) {
      failed(lane, defect);
    }
    if (!found && lane.blocked() != null) {
      waitOn(lane);
    }
    return found;
  }

  /// It is tried again later, unless it has nothing left to do.
  private void waitOn(Lane lane) {
    if (lane.lag() == 0) {
      lane.unblock();
    } else {
      blocked.add(lane);
    }
  }

  /// Whoever waits for the processor goes first, but for the first frame of a step: it may be the
  /// client whose answer has come, and what a write to a thousand destinations takes would be long
  /// for it. Where other programs are busy this may take a time slice, much for a single frame.
  @SuppressWarnings({"NonAtomicVolatileUpdate", "ThreadPriorityCheck"}) // one counts; only a hint
  private void commit() {
    if (!planned.isEmpty() && frames++ > 0) {
      Thread.yield();
    }
    try {
      committed(forwarding.commit(), planned);
    } catch (RuntimeException | Error defect) {
      forwarding.abandon();
      long before = failures;
      commitEach();
      if (failures == before) {
        failures++;
        log.error("forwarding failed", defect);
      }
    }
    planned.clear();
  }

  /// Finds out which of them cannot be committed. They are planned anew, so nothing that was
  /// committed after all is repeated.
  private void commitEach() {
    for (Lane lane : planned) {
      try {
        if (plan(lane)) {
          committed(forwarding.commit(), List.of(lane));
        }
      } catch (RuntimeException | Error defect) {
        forwarding.abandon();
        failed(lane, defect);
        blocked.add(lane);
      }
    }
  }

  private void committed(Forwarding.Outcome outcome, List<Lane> lanes) {
    switch (outcome) {
      case DONE -> lanes.forEach(Lane::unblock);
      case STORAGE_FULL -> blocked.addAll(lanes);
      case CLOSED -> closed = true;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread counts
  private void failed(Lane lane, Throwable defect) {
    failures++;
    RouterInfo.Blocked before = lane.blocked();
    if (before == null || before.reason() != RouterInfo.Reason.FAILED) {
      log.error("router {} failed at topic {}", lane.config().name(), lane.source().name(), defect);
    }
    long head = lane.source().visibleHead();
    lane.block(RouterInfo.Reason.FAILED, lane.source(), lane.cursor() + 1, head);
  }

  private void retryBlocked() {
    for (Iterator<Lane> lanes = blocked.iterator(); lanes.hasNext(); ) {
      Lane lane = lanes.next();
      if (!lane.isCurrent() || lane.blocked() == null) {
        lanes.remove();
      } else if (lane.nanosToRetry() <= 0) {
        lanes.remove();
        due.add(lane.sourceLanes());
      }
    }
  }
}
