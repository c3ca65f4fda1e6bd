package dev.topics.engine.topic;

import dev.topics.engine.model.Refusal;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalListener;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Orders all changes: encodes operations into one frame, commits it, applies it, and answers when
/// what was promised holds.
///
/// **Threading** The commit lock guards all committed state; it is held for a copy, a checksum and
/// the apply, never across a wait. What must be durable first queues up here, in log order, and the
/// flusher's thread completes it.
public final class CommitLog implements JournalListener {
  private static final Logger log = LoggerFactory.getLogger(CommitLog.class);
  private static final int FRAME_TYPE_OPERATIONS = 1;
  private static final int OPERATIONS_PER_FRAME = 1000;
  private static final int FRAME_BYTES_MAX = 16 << 20;

  private final ReentrantLock commitLock = new ReentrantLock();
  private final Journal journal;
  private final Applier applier;
  private final EngineTime clock;
  private final Queue<Pending<?>> pending = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> deferred = new ConcurrentLinkedQueue<>();
  private final List<Newswire> wires = new CopyOnWriteArrayList<>();
  private final AtomicInteger drainRequests = new AtomicInteger();
  private final AtomicLong failures = new AtomicLong();

  private long pressureNanos;
  private volatile boolean poisoned;
  private volatile boolean closed;

  /// An answer that waits for `lsn` to be durable, and the view that becomes visible with it.
  private record Pending<R>(
      long lsn,
      Topic topic,
      @Nullable View view,
      CompletableFuture<R> future,
      LongFunction<R> result,
      R failure,
      long sinceNanos) {

    void complete(long nowNanos) {
      try {
        future.complete(result.apply(nowNanos - sinceNanos));
      } catch (RuntimeException | Error defect) {
        future.completeExceptionally(defect);
        throw defect;
      }
    }

    void fail() {
      future.complete(failure);
    }
  }

  CommitLog(Journal journal, Applier applier, EngineTime clock) {
    this.journal = journal;
    this.applier = applier;
    this.clock = clock;
  }

  /// Tells `wire` of syncs.
  void add(Newswire wire) {
    wires.add(wire);
  }

  /// Runs `attempt` under the commit lock, again after making room whenever it returns null.
  public <R> R locked(Supplier<@Nullable R> attempt) {
    while (true) {
      commitLock.lock();
      try {
        R result = attempt.get();
        if (result != null) {
          return result;
        }
      } finally {
        commitLock.unlock();
        runDeferred();
        drainIfDue();
        journal.prepareTail();
      }
      journal.prepareSpare();
    }
  }

  /// Runs `task` soon after the commit lock is free.
  void afterUnlock(Runnable task) {
    assert commitLock.isHeldByCurrentThread();
    deferred.add(task);
  }

  /// Runs `task` at once, or soon after the commit lock is free if this thread holds it.
  void soon(Runnable task) {
    if (commitLock.isHeldByCurrentThread()) {
      deferred.add(task);
    } else {
      task.run();
    }
  }

  private void runDeferred() {
    for (Runnable task = deferred.poll(); task != null; task = deferred.poll()) {
      telling(task);
    }
  }

  /// Runs `task`, which tells others of a change. What fails there has nothing to do with who holds
  /// the thread, whose command is done, and keeps nobody else from being told.
  void telling(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error defect) {
      tell("telling others of a change", defect);
    }
  }

  private void tell(String what, Throwable defect) {
    failures.incrementAndGet();
    report(what + " failed", defect);
  }

  /// Says it in the log. Whoever comes here has more to do, so that a log which fails as well, for
  /// want of memory perhaps, must not end it.
  private static void report(String message, Throwable defect) {
    try {
      log.error(message, defect);
    } catch (RuntimeException | Error another) {
      // There is nowhere to say it.
    }
  }

  /// How often it failed to tell somebody of a change, since the start. Any thread.
  long failures() {
    return failures.get();
  }

  /// No command is taken after this returns.
  void close() {
    commitLock.lock();
    try {
      closed = true;
    } finally {
      commitLock.unlock();
    }
  }

  /// Why no command is taken; null if they are.
  public @Nullable Refusal refusal() {
    if (closed) {
      return new Refusal.ShuttingDown();
    }
    return isFailed() ? new Refusal.StorageFailed() : null;
  }

  /// Sets for how long an answer may wait before appends are refused; 0 for ever.
  void refuseUnderPressure(long nanos) {
    pressureNanos = nanos;
  }

  /// Why nobody should append now who has not said that it does not mind to wait, or null.
  @Nullable Refusal pressure(long nowNanos) {
    Pending<?> oldest = pressureNanos == 0 ? null : pending.peek();
    return oldest != null && nowNanos - oldest.sinceNanos() > pressureNanos
        ? new Refusal.Overloaded(TimeUnit.NANOSECONDS.toMillis(pressureNanos))
        : null;
  }

  public boolean isFailed() {
    return poisoned || journal.state() == JournalState.FAILED;
  }

  public long durableLsn() {
    return journal.durableLsn();
  }

  /// Whether everything up to `lsn` is durable and readers see it, so that no view they get from
  /// now on is older. What is durable may become visible late: whoever hears of it takes time.
  public boolean isVisible(long lsn) {
    if (journal.durableLsn() < lsn) {
      return false;
    }
    Pending<?> oldest = pending.peek();
    return oldest == null || oldest.lsn() > lsn;
  }

  public long lastLsn() {
    return journal.lastLsn();
  }

  public void requestSync(long lsn) {
    journal.requestSync(lsn);
  }

  /// Commits `operations` as one frame and applies them. Anything but [Room#OK] changed nothing.
  public Room commit(List<? extends Operation> operations, Urgency urgency) {
    assert commitLock.isHeldByCurrentThread();
    if (poisoned) {
      return Room.FAILED;
    }
    if (operations.size() > Journal.FRAME_OPERATIONS_MAX) {
      throw new IllegalArgumentException("operations for one frame: " + operations.size());
    }
    int bytes = 0;
    for (int i = 0; i < operations.size(); i++) {
      bytes += operations.get(i).encodedBytes();
    }
    Room room = journal.claim(bytes, urgency);
    if (room != Room.OK) {
      return room;
    }
    MemorySegment region = journal.region();
    long start = journal.regionOffset();
    encode(operations, region, start);
    long lsn =
        journal.commit(FRAME_TYPE_OPERATIONS, operations.size(), operations.getFirst().topicId());
    apply(region, start, operations, journal.position(), lsn);
    return Room.OK;
  }

  /// Logs `operations` in frames of moderate size, with the space held back for reclaiming if need
  /// be. What follows each other of one topic comes with one frame, unless that would be huge: a
  /// crash leaves all of it or nothing.
  public void commitAll(List<Operation> operations) throws IOException {
    int to;
    for (int from = 0; from < operations.size(); from = to) {
      to = endOfFrame(operations, from);
      List<Operation> frame = operations.subList(from, to);
      Room room =
          locked(() -> {
            Room answer = commit(frame, Urgency.RECLAIM);
            return answer == Room.NO_SPARE ? null : answer;
          });
      switch (room) {
        case OK -> {}
        case NO_SPARE, DISK_FULL ->
            throw new IOException("no space left for the log; free some and start again");
        case FAILED -> throw new IOException("the log cannot be written");
      }
    }
  }

  private static int endOfFrame(List<Operation> operations, int from) {
    int ofTopic = from;
    long bytes = 0;
    for (int i = from; i < operations.size(); i++) {
      bytes += operations.get(i).encodedBytes();
      if (i > from && !isSameTopic(operations, i)) {
        ofTopic = i;
        if (i - from >= OPERATIONS_PER_FRAME) {
          return i;
        }
      }
      if (i > from && (bytes > FRAME_BYTES_MAX || i - from == Journal.FRAME_OPERATIONS_MAX)) {
        return ofTopic > from ? ofTopic : i;
      }
    }
    return operations.size();
  }

  /// Whether the operation before `index` is about the same topic.
  private static boolean isSameTopic(List<Operation> operations, int index) {
    return operations.get(index).topicId() == operations.get(index - 1).topicId();
  }

  /// Fills the claimed region, or gives it back: after a defect others go on.
  private void encode(List<? extends Operation> operations, MemorySegment region, long start) {
    try {
      long at = start;
      for (int i = 0; i < operations.size(); i++) {
        operations.get(i).encode(region, at);
        at += operations.get(i).encodedBytes();
      }
    } catch (RuntimeException | Error defect) {
      abandon(defect);
      throw defect;
    }
  }

  private void abandon(Throwable defect) {
    try {
      journal.abandon();
    } catch (RuntimeException | Error another) {
      defect.addSuppressed(another);
      poison("part of a frame may be left in the log", defect);
    }
  }

  private void apply(
      MemorySegment region,
      long start,
      List<? extends Operation> operations,
      long position,
      long lsn) {
    try {
      long at = start;
      for (int i = 0; i < operations.size(); i++) {
        applier.apply(region, at, position, lsn);
        at += operations.get(i).encodedBytes();
      }
    } catch (RuntimeException | Error defect) {
      poison("state and log disagree", defect);
      throw defect;
    }
  }

  private void poison(String why, Throwable defect) {
    poisoned = true;
    report(why + ": nothing more is written until a restart", defect);
  }

  /// Applies what the log need not know, from `memory`.
  void applyInMemory(Operation operation, MemorySegment memory, long at) {
    assert commitLock.isHeldByCurrentThread();
    operation.encode(memory, at);
    completing(() -> applier.apply(memory, at, at, MemoryLog.NO_LSN));
  }

  /// Runs `rest`, the part of a change that is not logged, when the other part is done: half of it
  /// would disagree with the log.
  void completing(Runnable rest) {
    assert commitLock.isHeldByCurrentThread();
    try {
      rest.run();
    } catch (RuntimeException | Error defect) {
      poison("state and log disagree", defect);
      throw defect;
    }
  }

  /// Answers with `result`, given the nanoseconds of the wait, once `lsn` is durable; with
  /// `failure` if that can never be known. `view` becomes visible just before.
  <R> CompletableFuture<R> whenDurable(
      long lsn, Topic topic, @Nullable View view, LongFunction<R> result, R failure) {
    assert commitLock.isHeldByCurrentThread();
    CompletableFuture<R> future = new CompletableFuture<>();
    if (view != null) {
      topic.viewQueued();
    }
    pending.add(new Pending<>(lsn, topic, view, future, result, failure, clock.nanos()));
    journal.requestSync(lsn);
    return future;
  }

  /// Lets readers see what was committed to `topic`, in its turn: behind what has to be durable
  /// before they may see it. Whatever fails there, the commit is done.
  public void publish(Topic topic) {
    assert commitLock.isHeldByCurrentThread();
    if (topic.hasQueuedViews()) {
      publishDurable(topic);
    } else {
      telling(topic::publish);
    }
  }

  /// The same, but not before all of it is durable.
  void publishDurable(Topic topic) {
    var _ = whenDurable(lastLsn(), topic, topic.committed(), _ -> true, false);
  }

  @Override
  public void durable(long lsn) {
    try {
      drain();
    } finally {
      wires.forEach(Newswire::synced);
    }
  }

  @Override
  public void failed(Throwable cause) {
    report("the journal failed: reads go on, nothing more is written until a restart", cause);
    drain();
  }

  /// Completes what became durable between its commit and its queueing, when no other sync may
  /// come.
  private void drainIfDue() {
    Pending<?> oldest = pending.peek();
    if (oldest != null && (oldest.lsn() <= journal.durableLsn() || isFailed())) {
      drain();
    }
  }

  /// Completes all that is due. One thread at a time does it; a second one only leaves word. A
  /// defect in one answer keeps no other waiting.
  private void drain() {
    if (drainRequests.getAndIncrement() != 0) {
      return;
    }
    int served = 1;
    do {
      try {
        drainOnce();
      } catch (RuntimeException | Error defect) {
        tell("answering", defect);
      }
      // Whatever happened: as long as requests are left, no thread would begin again.
      served = drainRequests.addAndGet(-served);
    } while (served != 0);
  }

  /// Fails whatever is not durable: no more syncs come.
  void failWaiting() {
    poisoned = true;
    drain();
  }

  private void drainOnce() {
    boolean failed = isFailed();
    long durableLsn = journal.durableLsn();
    long now = clock.nanos();
    for (Pending<?> next = pending.peek();
        next != null && (failed || next.lsn() <= durableLsn);
        next = pending.peek()) {
      try {
        complete(next, durableLsn, now);
      } catch (RuntimeException | Error defect) {
        tell("an answer", defect);
      }
    }
  }

  private void complete(Pending<?> oldest, long durableLsn, long now) {
    boolean durable = oldest.lsn() <= durableLsn;
    View view = oldest.view();
    try {
      if (durable && view != null) {
        telling(() -> oldest.topic().publishQueued(view));
      }
      if (durable) {
        oldest.complete(now);
      } else {
        oldest.fail();
      }
    } finally {
      // Not before: what is not in the queue is visible.
      pending.remove();
      if (durable && view != null) {
        oldest.topic().news().ring();
      }
    }
  }
}
