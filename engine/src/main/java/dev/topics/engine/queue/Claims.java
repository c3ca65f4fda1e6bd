package dev.topics.engine.queue;

import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.LeaseToken;
import dev.topics.engine.model.QueueCounts;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.WorkRequest;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Transaction;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Gives jobs to those who want them: at once, or when there are some, or together with others who
/// came within the same window.
///
/// **Threading** [#claim], [#giveUp] and [#step] from any thread; they take the commit lock.
final class Claims {
  /// Most jobs that one pass gives away.
  private static final int PASS_JOBS_MAX = 10_000;

  private static final long[] NO_POISON = {};

  private final Door door;
  private final Leases leases;
  private final DeadLetters deadLetters;
  private final QueueMeter meter;
  private final Signals signals;
  private final Selection selection = new Selection();
  private final PriorityQueue<Look> looks =
      new PriorityQueue<>((a, b) -> Long.compare(a.at(), b.at()));
  private volatile long nextLook = Desk.NEVER;
  private long nextToken;

  /// When a desk is to be looked at by the clock.
  private record Look(long at, Desk desk) {}

  Claims(
      Door door,
      Leases leases,
      DeadLetters deadLetters,
      QueueMeter meter,
      Signals signals,
      int bootEpoch) {
    this.door = door;
    this.leases = leases;
    this.deadLetters = deadLetters;
    this.meter = meter;
    this.signals = signals;
    nextToken = LeaseToken.first(bootEpoch);
  }

  PendingClaim claim(ClaimRequest request) {
    PendingClaim claim = new PendingClaim(this, request);
    long[] poison;
    do {
      poison = door.transact(transaction -> attempt(claim, transaction));
      if (poison.length > 0) {
        deadLetters.move(request.topic(), poison);
      }
    } while (poison.length > 0 && !claim.isSettled());
    return claim;
  }

  /// One try under the commit lock: the jobs that belong into the dead letter, null if the log
  /// needs room first.
  private long @Nullable [] attempt(PendingClaim claim, Transaction transaction) {
    ClaimRequest request = claim.request();
    Refusal refusal = door.refusal();
    Topic queue = door.find(request.topic());
    if (refusal == null && queue == null) {
      refusal = new Refusal.TopicNotFound(request.topic());
    }
    if (refusal != null || queue == null || !(queue.jobs() instanceof Jobs jobs)) {
      Refusal answer = refusal == null ? new Refusal.NotAQueue(request.topic()) : refusal;
      return refuse(List.of(claim.claimant()), answer);
    }
    if (queue.config().claimJitterMillis() > 0) {
      Desk desk = jobs.desk();
      desk.add(claim.claimant(), queue.visibleHead());
      claim.claimant().promised(nothing(queue));
      openWindow(desk);
      return NO_POISON;
    }
    return pass(jobs, List.of(claim.claimant()), claim.claimant(), transaction);
  }

  private long[] refuse(List<Claimant> claimants, Refusal refusal) {
    for (Claimant claimant : claimants) {
      claimant.promised(new ClaimedJobs(0, NO_POISON, new int[0], 0, 0, NO_JOBS));
      door.afterUnlock(() -> claimant.refuse(refusal));
    }
    return NO_POISON;
  }

  private static final QueueCounts NO_JOBS = new QueueCounts(0, 0, 0, 0, 0, 0);

  private ClaimedJobs nothing(Topic queue) {
    return new ClaimedJobs(queue.id(), NO_POISON, new int[0], 0, 0, door.jobs(queue));
  }

  /// Gives the jobs that are due to `claimants`; null if the log needs room first.
  ///
  /// @param fresh one of them that is not at the desk yet
  private long @Nullable [] pass(
      Jobs jobs, List<Claimant> claimants, @Nullable Claimant fresh, Transaction transaction) {
    Topic queue = jobs.queue();
    Room room = door.expire(queue);
    if (room != Room.OK) {
      return noRoom(room, jobs, claimants);
    }
    jobs.settle();
    int wanted = 0;
    for (Claimant claimant : claimants) {
      wanted = Math.min(PASS_JOBS_MAX, wanted + claimant.wants());
    }
    long head = queue.visibleHead();
    selection.select(door, jobs, wanted);
    try {
      long[] poison = selection.poison();
      if (selection.size() == 0) {
        if (poison.length == 0) {
          leaveEmpty(jobs, claimants, fresh, head);
        }
        return poison;
      }
      int[] shares = shares(queue.config(), claimants, selection.size());
      Room claimed = give(jobs, claimants, shares, transaction);
      return claimed == Room.OK ? poison : noRoom(claimed, jobs, claimants);
    } finally {
      selection.restore(jobs);
    }
  }

  private long @Nullable [] noRoom(Room room, Jobs jobs, List<Claimant> claimants) {
    if (room == Room.NO_SPARE) {
      return null;
    }
    List<Claimant> refused = List.copyOf(claimants);
    refused.forEach(jobs.desk()::remove);
    return refuse(
        refused, room == Room.FAILED ? new Refusal.StorageFailed() : new Refusal.StorageFull());
  }

  /// In a cohort each gets its part in proportion to what it wants; else who came first is served
  /// first.
  private static int[] shares(TopicConfig config, List<Claimant> claimants, int jobs) {
    int[] wants = new int[claimants.size()];
    Arrays.setAll(wants, i -> claimants.get(i).wants());
    return config.claimJitterMillis() > 0
        ? Shares.proportional(wants, jobs)
        : Shares.firstComeFirstServed(wants, jobs);
  }

  private Room give(Jobs jobs, List<Claimant> claimants, int[] shares, Transaction transaction) {
    Topic queue = jobs.queue();
    long now = door.clock().wallMillis();
    long token = nextToken;
    long[] deadlines = new long[shares.length];
    int[] given = new int[shares.length];
    for (int i = 0, from = 0; i < shares.length; from += shares[i++]) {
      if (shares[i] > 0) {
        Claimant claimant = claimants.get(i);
        long lease = claimant.leaseMillis();
        deadlines[i] = now + (lease == 0 ? queue.config().leaseMillis() : lease);
        given[i] = selection.fitting(door, queue, from, shares[i], claimant.bytesMax());
        selection.sort(from, from + given[i]);
        byte[] node = claimant.node().getBytes(StandardCharsets.UTF_8);
        transaction.claim(
            queue, node, deadlines[i], token, selection.seqs(), selection.times(), from, given[i]);
        token += given[i];
      }
    }
    Room room = transaction.commit(Urgency.RECLAIM);
    if (room == Room.OK) {
      hand(jobs, claimants, shares, given, deadlines);
    }
    return room;
  }

  /// @param given how much of its share each gets, as more would be too large
  private void hand(
      Jobs jobs, List<Claimant> claimants, int[] shares, int[] given, long[] deadlines) {
    Topic queue = jobs.queue();
    for (int i = 0, from = 0; i < shares.length; from += shares[i++]) {
      if (shares[i] > 0) {
        handOver(jobs, claimants.get(i), from, given[i]);
      }
    }
    // Counting ends what is over. A short lease may be that already, and then belongs to nobody.
    QueueCounts counts = door.jobs(queue);
    for (int i = 0, from = 0; i < shares.length; from += shares[i++]) {
      Claimant claimant = claimants.get(i);
      if (shares[i] > 0) {
        ClaimedJobs claimed = claimed(jobs, from, given[i], deadlines[i], counts);
        claimant.promised(claimed);
        if (!claimant.stays()) {
          jobs.desk().remove(claimant);
        }
        deliver(queue, claimant, claimed);
      } else {
        settleEmpty(jobs, claimant);
      }
    }
    if (selection.size() == PASS_JOBS_MAX || !Arrays.equals(shares, given)) {
      jobs.desk().changed();
    }
  }

  private void handOver(Jobs jobs, Claimant claimant, int from, int count) {
    int holder = claimant.holder(jobs.holders());
    for (int i = from; i < from + count; i++) {
      long seq = selection.seqs()[i];
      int slot = jobs.table().find(seq);
      jobs.handOver(slot, holder);
      claimant.began(seq, jobs.table().token(slot));
    }
  }

  private ClaimedJobs claimed(Jobs jobs, int from, int count, long deadline, QueueCounts counts) {
    JobTable table = jobs.table();
    long[] seqs = Arrays.copyOfRange(selection.seqs(), from, from + count);
    int[] deliveries = new int[count];
    for (int i = 0; i < count; i++) {
      deliveries[i] = table.deliveries(table.find(seqs[i]));
    }
    long firstToken = nextToken;
    nextToken += count;
    meter.claimed.add(count);
    return new ClaimedJobs(jobs.queue().id(), seqs, deliveries, firstToken, deadline, counts);
  }

  private void deliver(Topic queue, Claimant claimant, ClaimedJobs claimed) {
    if (queue.config().leasesDurable()) {
      Refusal failed = new Refusal.StorageFailed();
      var _ =
          door.<Boolean>whenDurable(queue, true, false)
              .thenAccept(durable -> {
                if (durable) {
                  claimant.take(claimed);
                } else {
                  claimant.refuse(failed);
                }
              });
    } else {
      door.afterUnlock(() -> claimant.take(claimed));
    }
  }

  /// Nothing is there for those who want some.
  private void leaveEmpty(
      Jobs jobs, List<Claimant> claimants, @Nullable Claimant fresh, long head) {
    for (Claimant claimant : claimants) {
      settleEmpty(jobs, claimant);
    }
    if (fresh != null && fresh.mayWait()) {
      fresh.promised(nothing(jobs.queue()));
      jobs.desk().add(fresh, head);
    }
    schedule(jobs.desk());
  }

  /// Sends one away that does not wait.
  private void settleEmpty(Jobs jobs, Claimant claimant) {
    if (claimant.mayWait()) {
      return;
    }
    jobs.desk().remove(claimant);
    ClaimedJobs nothing = nothing(jobs.queue());
    claimant.promised(nothing);
    door.afterUnlock(() -> claimant.take(nothing));
  }

  void giveUp(PendingClaim claim) {
    boolean waited =
        door.locked(() -> {
          Topic queue = door.find(claim.request().topic());
          return queue != null
              && queue.jobs() instanceof Jobs jobs
              && jobs.desk().remove(claim.claimant());
        });
    if (waited) {
      Topic queue = door.find(claim.request().topic());
      ClaimedJobs nothing =
          queue == null || queue.jobs() == null
              ? new ClaimedJobs(0, NO_POISON, new int[0], 0, 0, NO_JOBS)
              : door.locked(() -> nothing(queue));
      claim.claimant().take(nothing);
    }
  }

  /// Opens a stream of jobs, which gets its first ones as soon as there are some.
  ClaimResult open(WorkRequest request, Runnable arrived, Consumer<WorkStream> opened) {
    return door.locked(() -> {
      Refusal refusal = door.refusal();
      Topic queue = door.find(request.topic());
      if (refusal != null) {
        return refusal;
      }
      if (queue == null) {
        return new Refusal.TopicNotFound(request.topic());
      }
      if (!(queue.jobs() instanceof Jobs jobs)) {
        return new Refusal.NotAQueue(request.topic());
      }
      WorkStream stream = new WorkStream(this, request, jobs, arrived);
      jobs.desk().add(stream.claimant(), queue.visibleHead());
      opened.accept(stream);
      jobs.desk().changed();
      return nothing(queue);
    });
  }

  void close(WorkStream stream) {
    Jobs jobs = stream.jobs();
    Map<Long, Long> held =
        door.locked(() -> {
          jobs.desk().remove(stream.claimant());
          return stream.end();
        });
    leases.giveBack(jobs, held);
  }

  // Those who wait.

  private void openWindow(Desk desk) {
    if (desk.windowEnds() == Desk.NEVER) {
      long jitter = desk.jobs().queue().config().claimJitterMillis();
      desk.windowEnds(door.clock().steadyMillis() + jitter);
    }
    schedule(desk);
  }

  /// Sees to it that the desk is looked at when something happens there by the clock.
  void schedule(Desk desk) {
    long at = Math.min(desk.jobs().nextTime(), desk.windowEnds());
    if (desk.any() && at < desk.lookAt()) {
      desk.lookAt(at);
      looks.add(new Look(at, desk));
      if (at < nextLook) {
        nextLook = at;
        signals.wake();
      }
    }
  }

  /// Milliseconds until [#step] has something to do by the clock.
  long millisToNextLook() {
    return nextLook == Desk.NEVER
        ? Desk.NEVER
        : Math.max(0, nextLook - door.clock().steadyMillis());
  }

  /// Looks at the desks where something has happened; returns at how many.
  int step() {
    if (nextLook <= door.clock().steadyMillis()) {
      door.locked(this::hearTheClock);
    }
    int looked = 0;
    for (Desk desk = signals.next(); desk != null; desk = signals.next()) {
      desk.heard();
      serve(desk);
      looked++;
    }
    return looked;
  }

  private boolean hearTheClock() {
    long now = door.clock().steadyMillis();
    for (Look look = looks.peek(); look != null && look.at() <= now; look = looks.peek()) {
      looks.remove();
      if (look.desk().lookAt() == look.at()) {
        look.desk().lookAt(Desk.NEVER);
        look.desk().changed();
      }
    }
    Look next = looks.peek();
    nextLook = next == null ? Desk.NEVER : next.at();
    return true;
  }

  private void serve(Desk desk) {
    long[] poison;
    do {
      poison = door.transact(transaction -> attempt(desk, transaction));
      if (poison.length > 0) {
        deadLetters.move(desk.jobs().queue().name(), poison);
      }
    } while (poison.length > 0);
  }

  private long @Nullable [] attempt(Desk desk, Transaction transaction) {
    if (!desk.any()) {
      return NO_POISON;
    }
    // Who holds all the jobs that he may wants more as soon as one of his leases is over.
    desk.jobs().settle();
    Topic queue = desk.jobs().queue();
    Refusal refusal = queue.isDropped() ? new Refusal.TopicNotFound(queue.name()) : door.refusal();
    if (refusal != null) {
      List<Claimant> all = List.copyOf(desk.waiting());
      all.forEach(desk::remove);
      return refuse(all, refusal);
    }
    if (queue.config().claimJitterMillis() > 0) {
      if (desk.windowEnds() == Desk.NEVER) {
        openWindow(desk);
        return NO_POISON;
      }
      if (door.clock().steadyMillis() < desk.windowEnds()) {
        schedule(desk);
        return NO_POISON;
      }
    }
    List<Claimant> claimants = new ArrayList<>(desk.waiting());
    claimants.removeIf(claimant -> claimant.wants() == 0);
    long[] poison =
        claimants.isEmpty() ? NO_POISON : pass(desk.jobs(), claimants, null, transaction);
    if (poison != null && poison.length == 0) {
      desk.windowEnds(Desk.NEVER);
      schedule(desk);
    }
    return poison;
  }
}
