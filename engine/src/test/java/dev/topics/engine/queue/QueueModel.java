package dev.topics.engine.queue;

import static dev.topics.engine.queue.QueueTrial.require;

import dev.topics.engine.model.LeasesResult;
import dev.topics.engine.simulation.ManualClock;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;

/// What a queue should look like: every job with its lease, and where the others went. Times are
/// milliseconds of the injected clock.
final class QueueModel {
  final Map<Long, ModelJob> live = new TreeMap<>();
  final Set<Long> gone = new HashSet<>();

  /// What is in the dead letter, by the seq that it had, in the order of the dead letter.
  final Map<Long, ModelJob> dead = new LinkedHashMap<>();

  /// Where jobs came from that were moved back: by their new seqs those that they had before.
  final Map<Long, Long> redriven = new HashMap<>();

  final Set<Long> ackedForGood = new HashSet<>();

  /// Every job that ever was, by its seq.
  private final Map<Long, ModelJob> known = new HashMap<>();

  private final ManualClock clock;
  private final int maxDeliveries;
  private final List<Long> backoff;
  private Map<Long, ModelJob> syncedLive = new TreeMap<>();
  private Set<Long> syncedGone = new HashSet<>();
  private Set<Long> syncedDead = new HashSet<>();

  /// @param maxDeliveries 0 if no job goes to the dead letter
  QueueModel(ManualClock clock, int maxDeliveries, List<Long> backoff) {
    this.clock = clock;
    this.maxDeliveries = maxDeliveries;
    this.backoff = backoff;
  }

  void add(ModelJob job) {
    live.put(job.seq, job);
    known.put(job.seq, job);
  }

  long now() {
    return clock.nanos() / 1_000_000;
  }

  void settle() {
    live.values().forEach(job -> job.settle(now(), backoff(Math.max(1, job.deliveries))));
  }

  long backoff(int deliveries) {
    return backoff.isEmpty() ? 0 : backoff.get(Math.min(deliveries, backoff.size()) - 1);
  }

  boolean isPoison(ModelJob job) {
    return maxDeliveries > 0 && job.deliveries >= maxDeliveries;
  }

  boolean isClaimable(ModelJob job) {
    return !job.isLeased() && !job.isDelayed(now()) && !isBlocked(job);
  }

  boolean isBlocked(ModelJob job) {
    return job.key != null
        && live.values().stream()
            .anyMatch(other -> job.key.equals(other.key) && other.seq < job.seq);
  }

  /// Judges the claim of a job.
  void requireClaimable(long seq, int deliveries) {
    ModelJob job = live.get(seq);
    require(job != null, "%d was claimed and is not there", seq);
    require(!job.isLeased(), "%d is held by %s already", seq, job.node);
    require(!job.isDelayed(now()), "%d is delayed until %d", seq, job.availableAt);
    require(!isBlocked(job), "%d of key %s was claimed out of order", seq, job.key);
    require(
        deliveries == job.deliveries + 1,
        "%d: delivery %d after %d",
        seq,
        deliveries,
        job.deliveries);
    require(
        maxDeliveries == 0 || deliveries <= maxDeliveries,
        "%d was delivered %d times",
        seq,
        deliveries);
  }

  /// Everything up to now is on stable storage.
  void synced() {
    syncedLive = new TreeMap<>();
    live.forEach((seq, job) -> syncedLive.put(seq, job.copy()));
    syncedGone = new HashSet<>(gone);
    syncedDead = new HashSet<>(dead.keySet());
  }

  /// The jobs up to `head` that may be claimed, and should not be in the dead letter, in the order
  /// in which they are due.
  List<Long> due(long head) {
    return live.values().stream()
        .filter(job -> job.seq <= head && !isPoison(job) && isClaimable(job))
        .sorted(
            Comparator.comparingLong((ModelJob job) -> job.waits)
                .thenComparing(job -> job.deliveries == 0)
                .thenComparingLong(job -> job.seq))
        .map(job -> job.seq)
        .toList();
  }

  /// The first `count` jobs of the dead letter have come back, as new ones.
  void redriven(int count, LongFunction<ModelJob> asNew, long head) {
    Iterator<ModelJob> first = List.copyOf(dead.values()).iterator();
    for (long seq = head + 1; seq <= head + count; seq++) {
      ModelJob old = first.next();
      dead.remove(old.seq);
      redriven.put(seq, old.seq);
      add(asNew.apply(seq));
    }
  }

  /// Takes note of what is in the dead letter.
  void foundDead(Map<Long, Integer> found) {
    for (Map.Entry<Long, Integer> entry : found.entrySet()) {
      long seq = entry.getKey();
      if (!dead.containsKey(seq)) {
        ModelJob job = live.remove(seq);
        require(job != null, "%d is in the dead letter and was not in the queue", seq);
        require(isPoison(job), "%d is in the dead letter after %d", seq, job.deliveries);
        require(!job.isLeased(), "%d went to the dead letter although it is held", seq);
        require(
            entry.getValue() == job.deliveries,
            "%d: %d deliveries told, %d were",
            seq,
            entry.getValue(),
            job.deliveries);
        dead.put(seq, job);
      }
    }
    require(found.size() == dead.size(), "the dead letter forgot a job");
  }

  /// A restart ends the leases that were not over.
  void forgetLeases() {
    settle();
    for (ModelJob job : live.values()) {
      if (job.isLeased()) {
        job.release(0);
      }
    }
  }

  void forgetAll() {
    gone.addAll(live.keySet());
    live.clear();
  }

  /// After a power cut without a sync: what was synced holds, the rest is as the engine says.
  void reconcile(Set<Long> there, Map<Long, Integer> moved, List<LeasesResult.Lease> told) {
    requireWhatWasSynced(there, moved);
    Set<Long> before = new HashSet<>(live.keySet());
    before.addAll(syncedLive.keySet());
    live.clear();
    Map<Long, LeasesResult.Lease> leases = new HashMap<>();
    told.forEach(lease -> leases.put(lease.seq(), lease));
    for (long seq : there) {
      LeasesResult.Lease lease = leases.get(seq);
      require(known.containsKey(seq), "%d comes from nowhere", seq);
      ModelJob job = known.get(seq).fresh();
      if (lease != null) {
        require(Objects.equals(lease.orderKey(), job.key), "%d has another order key", seq);
        adopt(job, lease);
      }
      ModelJob synced = syncedLive.get(seq);
      require(
          synced == null || job.deliveries >= synced.deliveries,
          "%d: the counter fell to %d",
          seq,
          job.deliveries);
      live.put(seq, job);
      gone.remove(seq);
    }
    dead.clear();
    moved.keySet().forEach(seq -> dead.put(seq, known.get(seq)));
    for (long seq : before) {
      if (!there.contains(seq) && !moved.containsKey(seq)) {
        gone.add(seq);
      }
    }
  }

  private void requireWhatWasSynced(Set<Long> there, Map<Long, Integer> moved) {
    for (long seq : there) {
      require(!moved.containsKey(seq), "%d is in the queue and in the dead letter", seq);
      require(!syncedGone.contains(seq), "%d is back, though its end was synced", seq);
      require(!ackedForGood.contains(seq), "%d is back, though its ack was answered", seq);
      require(
          !redriven.containsKey(seq) || !moved.containsKey(redriven.get(seq)),
          "%d was moved back and is still in the dead letter",
          seq);
    }
    for (long seq : syncedDead) {
      require(
          moved.containsKey(seq) || redriven.containsValue(seq),
          "%d is not in the dead letter any more",
          seq);
    }
    for (long seq : syncedLive.keySet()) {
      require(
          there.contains(seq)
              || moved.containsKey(seq)
              || gone.contains(seq)
              || dead.containsKey(seq)
              || redriven.containsValue(seq),
          "%d is neither in the queue nor in the dead letter",
          seq);
    }
  }

  private void adopt(ModelJob job, LeasesResult.Lease lease) {
    job.deliveries = lease.deliveries();
    switch (lease.state()) {
      case LEASED -> {
        job.node = lease.node();
        job.token = lease.token();
        job.deadline = lease.until() - clock.wallMillis() + now();
      }
      case DELAYED -> job.availableAt = lease.until() - clock.wallMillis() + now();
      case READY, BLOCKED, STUCK -> {}
    }
  }
}
