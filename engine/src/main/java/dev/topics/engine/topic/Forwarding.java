package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.model.RouterInfo.Reason;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Carries records from topic to topic: plans what lanes do next without the commit lock, then
/// commits several plans as one frame, so that copies and cursors can never disagree.
///
/// **Threading** One thread at a time.
public final class Forwarding {
  /// Plans go into one frame up to about so many operations: more would keep writers waiting.
  private static final int OPERATIONS_MAX = 128;

  private static final int CARRIED_BYTES_MAX = 2 << 20;

  private final Topics topics;
  private final ForwardPlanner planner;
  private final List<ForwardPlan> plans = new ArrayList<>();
  private final List<Operation> frame = new ArrayList<>();
  private final Map<Topic, ForwardTarget> targets = new LinkedHashMap<>();
  private int planned;
  private long carriedBytes;

  Forwarding(Topics topics) {
    this.topics = topics;
    planner = new ForwardPlanner(topics);
  }

  /// What became of a [#commit].
  public enum Outcome {
    /// Everything that still fitted together is done; what did not has to be planned again.
    DONE,
    /// There is no space for it; it recovers by itself.
    STORAGE_FULL,
    /// Nothing is taken any more.
    CLOSED
  }

  /// Plans what `lane` does next, for the next commit; false if there is nothing to do or it is
  /// blocked.
  public boolean plan(ForwardLane lane) {
    ForwardPlan plan = planner.plan(lane);
    if (plan == null) {
      return false;
    }
    plans.add(plan);
    planned += plan.moves().size() + 1;
    carriedBytes += plan.carriedBytes();
    return true;
  }

  /// Whether it is time to commit.
  public boolean isFull() {
    return planned >= OPERATIONS_MAX || carriedBytes >= CARRIED_BYTES_MAX;
  }

  /// Commits what was planned.
  public Outcome commit() {
    if (plans.isEmpty()) {
      return Outcome.DONE;
    }
    Outcome outcome = topics.commits().locked(this::attempt);
    if (outcome == Outcome.STORAGE_FULL) {
      for (ForwardPlan plan : plans) {
        ForwardLane lane = plan.lane();
        lane.block(Reason.STORAGE_FULL, lane.destination(), plan.from() + 1, plan.cursor());
      }
    }
    abandon();
    return outcome;
  }

  /// Forgets what was planned: what is planned anew overlaps with it.
  public void abandon() {
    plans.clear();
    planned = 0;
    carriedBytes = 0;
  }

  private @Nullable Outcome attempt() {
    if (topics.commits().refusal() != null) {
      return Outcome.CLOSED;
    }
    frame.clear();
    targets.clear();
    long now = topics.clock().millis();
    for (ForwardPlan plan : plans) {
      if (isCurrent(plan)) {
        plan.check(plan.lane().source().visibleHead());
        Topic destination = plan.lane().destination();
        ForwardTarget target =
            targets.computeIfAbsent(destination, topic -> new ForwardTarget(topics, topic, now));
        if (target.takes(plan)) {
          target.add(plan, frame);
        }
      }
    }
    if (frame.isEmpty()) {
      return Outcome.DONE;
    }
    targets.values().forEach(target -> target.finish(frame));
    Room room = topics.commits().commit(frame, Urgency.APPEND);
    return switch (room) {
      case OK -> {
        for (ForwardTarget target : targets.values()) {
          topics.commits().telling(target::committed);
        }
        yield Outcome.DONE;
      }
      case NO_SPARE -> null;
      case DISK_FULL -> Outcome.STORAGE_FULL;
      case FAILED -> Outcome.CLOSED;
    };
  }

  /// Whether what was planned without the lock still holds.
  private static boolean isCurrent(ForwardPlan plan) {
    ForwardLane lane = plan.lane();
    if (!lane.isCurrent()
        || lane.cursor() != plan.from()
        || lane.source().isDropped()
        || lane.destination().isDropped()) {
      return false;
    }
    View source = lane.source().committed();
    for (ForwardPlan.Move move : plan.moves()) {
      if (move instanceof ForwardPlan.Referred referred && !liesAt(source, referred)) {
        return false;
      }
    }
    return true;
  }

  /// A frame stays in the journal as long as a record lives in it.
  private static boolean liesAt(View source, ForwardPlan.Referred referred) {
    long entry = source.index().floor(referred.firstSourceSeq());
    return entry != AppendIndex.Snapshot.NO_ENTRY
        && source.index().position(entry) == referred.position()
        && source.nextLive(referred.firstSourceSeq()) <= referred.cursor();
  }
}
