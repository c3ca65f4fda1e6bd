package dev.topics.engine.queue;

import dev.topics.engine.topic.EngineTime;
import dev.topics.engine.topic.JobState;
import dev.topics.engine.topic.Topic;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The jobs of one queue. A job that was never delivered and has nothing special about it is not
/// here at all: it is a live record that nobody knows anything else about.
///
/// What the log says arrives through [JobState]; what the clock alone does, the end of leases and
/// delays, happens in [#settle], whenever somebody looks. Times in here are steady milliseconds
/// ([EngineTime#steadyMillis]).
///
/// **Threading** Under the commit lock, but for [#visible].
final class Jobs implements JobState {
  /// A job waits as if it had been written this much earlier for each step of its priority; so one
  /// of a lower priority that has waited longer comes first in the end.
  static final long PRIORITY_STEP_MILLIS = 60_000;

  /// A job for a dead letter that does not take it tries again after this time.
  static final long STUCK_MILLIS = 1_000;

  private final Topic queue;
  private final EngineTime time;
  private final QueueMeter meter;
  private final JobTable table = new JobTable();
  private final JobHeap timed =
      new JobHeap(table, (slot, other) -> table.time(slot) < table.time(other));
  private final JobHeap ready = new JobHeap(table, this::isBefore);
  private final OrderKeys keys = new OrderKeys();
  private final Holders holders = new Holders();
  private final Desk desk;

  private long inFlight;
  private long delayed;
  private long blocked;
  private long stuck;
  private long deadLettered;

  /// Below it every live record is in the table.
  private long firstPlain = 1;

  Jobs(Topic queue, EngineTime time, Signals signals, QueueMeter meter) {
    this.queue = queue;
    this.time = time;
    this.meter = meter;
    desk = new Desk(this, signals);
  }

  Topic queue() {
    return queue;
  }

  Desk desk() {
    return desk;
  }

  JobTable table() {
    return table;
  }

  Holders holders() {
    return holders;
  }

  /// First who waits longest, priority counted in; of equals who was delivered before, then by seq.
  private boolean isBefore(int slot, int other) {
    long waits = table.waits(slot) - table.waits(other);
    if (waits != 0) {
      return waits < 0;
    }
    boolean delivered = table.deliveries(slot) > 0;
    if (delivered != table.deliveries(other) > 0) {
      return delivered;
    }
    return table.seq(slot) < table.seq(other);
  }

  // What the log says.

  @Override
  public void described(
      long seq, long ts, long deliverAt, int priority, @Nullable String orderKey) {
    int slot = table.add(seq);
    table.priority(slot, (byte) priority);
    table.waits(slot, Math.max(ts, deliverAt) - priority * PRIORITY_STEP_MILLIS);
    if (orderKey != null) {
      table.line(slot, keys.add(orderKey, seq));
    }
    becomeAvailable(slot, deliverAt);
  }

  @Override
  public int holder(String node) {
    return holders.of(node);
  }

  @Override
  public void claimed(long seq, long ts, int holder, long token, long deadline) {
    int slot = table.find(seq);
    holders.began(holder);
    if (slot == JobTable.NONE) {
      slot = table.add(seq);
      table.waits(slot, ts);
    } else {
      leave(slot);
    }
    table.deliveries(slot, table.deliveries(slot) + 1);
    table.token(slot, token);
    table.holder(slot, holder);
    table.phase(slot, JobTable.LEASED);
    table.time(slot, time.steady(deadline) + 1);
    inFlight++;
    addTimed(slot);
  }

  @Override
  public void released(long seq, long availableAt, byte @Nullable [] error) {
    int slot = table.find(seq);
    if (slot == JobTable.NONE) {
      return;
    }
    if (error != null) {
      table.error(slot, error);
    }
    leave(slot);
    becomeAvailable(slot, availableAt);
  }

  @Override
  public void extended(long seq, long deadline) {
    int slot = table.find(seq);
    if (slot != JobTable.NONE && table.phase(slot) == JobTable.LEASED) {
      table.time(slot, time.steady(deadline) + 1);
      timed.moved(slot);
      desk.timeMoved(table.time(slot));
    }
  }

  @Override
  public void leasesEnded(long at) {
    settle(time.steady(at));
    makeReady(JobTable.LEASED);
  }

  @Override
  public void deadLettered(long jobs) {
    deadLettered += jobs;
  }

  @Override
  public void removed(long first, long last) {
    if (last - first < table.size()) {
      for (long seq = first; seq <= last; seq++) {
        int slot = table.find(seq);
        if (slot != JobTable.NONE) {
          remove(slot);
        }
      }
    } else {
      for (int slot = 0; slot < table.endSlot(); slot++) {
        if (table.isUsed(slot) && table.seq(slot) >= first && table.seq(slot) <= last) {
          remove(slot);
        }
      }
    }
  }

  private void remove(int slot) {
    long seq = table.seq(slot);
    leave(slot);
    OrderKeys.Line line = table.line(slot);
    long next = line == null ? OrderKeys.NONE : keys.remove(line, seq);
    table.remove(slot);
    if (next != OrderKeys.NONE) {
      int unblocked = table.find(next);
      if (table.phase(unblocked) == JobTable.BLOCKED) {
        leave(unblocked);
        becomeReady(unblocked);
      }
    }
  }

  @Override
  public void recovered(Live alive) {
    for (int slot = 0; slot < table.endSlot(); slot++) {
      if (table.isUsed(slot) && !alive.contains(table.seq(slot))) {
        remove(slot);
      }
    }
    makeReady(JobTable.STUCK);
  }

  private void makeReady(byte phase) {
    for (int slot = 0; slot < table.endSlot(); slot++) {
      if (table.isUsed(slot) && table.phase(slot) == phase) {
        leave(slot);
        becomeReady(slot);
      }
    }
  }

  @Override
  public void dropped() {
    desk.changed();
  }

  @Override
  public void visible() {
    desk.changed();
  }

  // What the clock does.

  /// Ends the leases and the delays that are over.
  void settle() {
    if (timed.size() > 0) {
      settle(time.steadyMillis());
    }
  }

  private void settle(long now) {
    for (int slot = timed.first();
        slot != JobTable.NONE && table.time(slot) <= now;
        slot = timed.first()) {
      long over = table.time(slot);
      boolean expired = table.phase(slot) == JobTable.LEASED;
      leave(slot);
      if (expired) {
        meter.expired.increment();
      }
      long backoff = expired ? backoffMillis(table.deliveries(slot)) : 0;
      if (backoff > 0 && over - 1 + backoff > now) {
        delay(slot, JobTable.DELAYED, over - 1 + backoff);
      } else {
        becomeReady(slot);
      }
    }
  }

  /// How long a job rests after it was delivered for the `deliveries`-th time and not done.
  long backoffMillis(int deliveries) {
    List<Long> steps = queue.config().backoffMillis();
    return steps.isEmpty() || deliveries < 1
        ? 0
        : steps.get(Math.min(deliveries, steps.size()) - 1);
  }

  /// When the next lease or delay is over; `Long.MAX_VALUE` if there is none.
  long nextTime() {
    return timed.size() == 0 ? Long.MAX_VALUE : table.time(timed.first());
  }

  /// Lets a job rest that should be in the dead letter, which does not take it now.
  void stick(long seq) {
    int slot = table.find(seq);
    if (slot != JobTable.NONE && table.phase(slot) == JobTable.READY) {
      leave(slot);
      stuck++;
      delay(slot, JobTable.STUCK, time.steadyMillis() + STUCK_MILLIS);
    }
  }

  // From one state to another.

  private void becomeAvailable(int slot, long availableAt) {
    long from = availableAt == 0 ? 0 : time.steady(availableAt);
    if (availableAt != 0 && from > time.steadyMillis()) {
      delay(slot, JobTable.DELAYED, from);
    } else {
      becomeReady(slot);
    }
  }

  private void delay(int slot, byte phase, long until) {
    table.phase(slot, phase);
    table.time(slot, until);
    delayed++;
    addTimed(slot);
  }

  private void addTimed(int slot) {
    timed.add(slot);
    desk.timeMoved(table.time(slot));
  }

  private void becomeReady(int slot) {
    if (OrderKeys.isBlocked(table.line(slot), table.seq(slot))) {
      table.phase(slot, JobTable.BLOCKED);
      blocked++;
    } else {
      table.phase(slot, JobTable.READY);
      ready.add(slot);
      desk.changed();
    }
  }

  /// Takes a job out of the state that it is in.
  private void leave(int slot) {
    switch (table.phase(slot)) {
      case JobTable.LEASED -> {
        inFlight--;
        timed.remove(slot);
        holders.ended(table.holder(slot), table.seq(slot));
        table.token(slot, 0);
        table.holder(slot, JobTable.NONE);
      }
      case JobTable.DELAYED, JobTable.STUCK -> {
        delayed--;
        stuck -= table.phase(slot) == JobTable.STUCK ? 1 : 0;
        timed.remove(slot);
      }
      case JobTable.READY -> {
        if (table.position(slot) != JobTable.NONE) {
          ready.remove(slot);
        }
      }
      case JobTable.BLOCKED -> blocked--;
      default -> throw new IllegalStateException("a job in no state");
    }
    table.phase(slot, (byte) 0);
  }

  /// Lets a lease belong to another holder of the same node.
  void handOver(int slot, int holder) {
    int before = table.holder(slot);
    if (before != holder) {
      holders.began(holder);
      holders.ended(before, table.seq(slot));
      table.holder(slot, holder);
    }
  }

  // What a claim looks at.

  /// The job of the table that is to be claimed first, or [JobTable#NONE].
  int firstReady() {
    return ready.first();
  }

  /// Takes it out, until it is claimed or [#putBack].
  int takeReady() {
    return ready.removeFirst();
  }

  void putBack(int slot) {
    ready.add(slot);
  }

  /// The first seq from `from` on of a job that was never delivered and has nothing special about
  /// it; past the visible head if there is none.
  long nextPlain(long from) {
    long seq = queue.nextLive(Math.max(from, firstPlain));
    long head = queue.visibleHead();
    while (seq <= head && table.find(seq) != JobTable.NONE) {
      seq = queue.nextLive(seq + 1);
    }
    if (from <= firstPlain) {
      firstPlain = seq;
    }
    return seq;
  }

  long deadLettered() {
    return deadLettered;
  }

  /// Takes in a job out of an image, ascending by seq; what state it is in follows.
  int restore(long seq, @Nullable String orderKey, byte @Nullable [] error) {
    int slot = table.add(seq);
    if (orderKey != null) {
      table.line(slot, keys.add(orderKey, seq));
    }
    if (error != null) {
      table.error(slot, error);
    }
    return slot;
  }

  void restorePhase(int slot, byte phase, @Nullable String node) {
    switch (phase) {
      case JobTable.LEASED -> {
        int holder = holders.of(Objects.requireNonNull(node));
        holders.began(holder);
        table.holder(slot, holder);
        table.phase(slot, JobTable.LEASED);
        inFlight++;
        addTimed(slot);
      }
      case JobTable.DELAYED, JobTable.STUCK -> {
        stuck += phase == JobTable.STUCK ? 1 : 0;
        delay(slot, phase, table.time(slot));
      }
      case JobTable.READY, JobTable.BLOCKED -> becomeReady(slot);
      default -> throw new IllegalArgumentException("a job in state " + phase);
    }
  }

  @Override
  public long likelyInFlight() {
    return inFlight;
  }

  @Override
  public Counts counts(long earliest) {
    settle();
    if (table.size() == 0 || earliest <= queue.nextLive(1)) {
      return new Counts(inFlight, delayed, blocked, stuck, deadLettered);
    }
    long[] found = new long[JobTable.STUCK + 1];
    for (int slot = 0; slot < table.endSlot(); slot++) {
      if (table.isUsed(slot) && table.seq(slot) >= earliest) {
        found[table.phase(slot)]++;
      }
    }
    return new Counts(
        found[JobTable.LEASED],
        found[JobTable.DELAYED] + found[JobTable.STUCK],
        found[JobTable.BLOCKED],
        found[JobTable.STUCK],
        deadLettered);
  }

  @Override
  public JobImage image() {
    return new JobImage(table.frozen(), table.size(), holders.nodes(), deadLettered, time.wall(0));
  }

  @Override
  public void decode(MemorySegment source, long at, long bytes) {
    JobImage.decode(this, time, source, at, bytes);
  }
}
