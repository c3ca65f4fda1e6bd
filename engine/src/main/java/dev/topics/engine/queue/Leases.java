package dev.topics.engine.queue;

import dev.topics.engine.model.LeaseRequest;
import dev.topics.engine.model.LeaseResult;
import dev.topics.engine.model.LeaseToken;
import dev.topics.engine.model.LeasesResult;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Seqs;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Transaction;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What holders do with their leases: ack, nack, extend. Whatever is not theirs is skipped.
///
/// **Threading** Any thread, without the commit lock, which it takes.
final class Leases {
  private final Door door;
  private final QueueMeter meter;

  Leases(Door door, QueueMeter meter) {
    this.door = door;
    this.meter = meter;
  }

  /// Of the seqs of a request, those that the node holds, ascending, and the others.
  private static final class Split {
    private final long[] held;
    private final int heldCount;
    private final Seqs skipped;

    Split(long[] held, int heldCount, Seqs skipped) {
      this.held = held;
      this.heldCount = heldCount;
      this.skipped = skipped;
    }

    long[] held() {
      return held;
    }

    int heldCount() {
      return heldCount;
    }

    Seqs skipped() {
      return skipped;
    }
  }

  /// Puts a change of the held jobs into a transaction; returns the new deadline, 0 for none.
  private interface Change {
    long add(Topic queue, Jobs jobs, Split split, Transaction transaction);
  }

  CompletableFuture<LeaseResult> ack(LeaseRequest request) {
    return change(
        request,
        (queue, jobs, split, transaction) -> {
          transaction.delete(queue, split.held(), split.heldCount());
          return 0;
        },
        meter.acked,
        true);
  }

  /// @param delayMillis how long nobody gets the jobs; negative for what the queue says
  CompletableFuture<LeaseResult> nack(
      LeaseRequest request, long delayMillis, byte @Nullable [] error) {
    return change(
        request,
        (queue, jobs, split, transaction) -> {
          long now = door.clock().wallMillis();
          LongUnaryOperator delay =
              delayMillis >= 0
                  ? seq -> delayMillis
                  : seq -> jobs.backoffMillis(jobs.table().deliveries(jobs.table().find(seq)));
          long[] times = new long[split.heldCount()];
          Arrays.setAll(
              times,
              i -> {
                long millis = delay.applyAsLong(split.held()[i]);
                return millis == 0 ? 0 : now + millis;
              });
          transaction.release(queue, split.held(), times, split.heldCount(), error);
          return 0;
        },
        meter.nacked,
        false);
  }

  CompletableFuture<LeaseResult> extend(LeaseRequest request, long leaseMillis) {
    return change(
        request,
        (queue, jobs, split, transaction) -> {
          long deadline = door.clock().wallMillis() + leaseMillis;
          long[] deadlines = new long[split.heldCount()];
          Arrays.fill(deadlines, deadline);
          transaction.extend(queue, split.held(), deadlines, split.heldCount());
          return deadline;
        },
        meter.extended,
        false);
  }

  private CompletableFuture<LeaseResult> change(
      LeaseRequest request, Change change, LongAdder counter, boolean durableAsRecords) {
    return door.transact(
        transaction -> attempt(request, change, counter, durableAsRecords, transaction));
  }

  private @Nullable CompletableFuture<LeaseResult> attempt(
      LeaseRequest request,
      Change change,
      LongAdder counter,
      boolean durableAsRecords,
      Transaction transaction) {
    Refusal refusal = door.refusal();
    if (refusal != null) {
      return CompletableFuture.completedFuture(refusal);
    }
    Topic queue = door.find(request.topic());
    if (queue == null) {
      return CompletableFuture.completedFuture(new Refusal.TopicNotFound(request.topic()));
    }
    if (!(queue.jobs() instanceof Jobs jobs)) {
      return CompletableFuture.completedFuture(new Refusal.NotAQueue(request.topic()));
    }
    Room room = door.expire(queue);
    if (room != Room.OK) {
      return noRoom(room);
    }
    jobs.settle();
    Split split = split(request, jobs);
    long deadline = 0;
    if (split.heldCount() > 0) {
      deadline = change.add(queue, jobs, split, transaction);
      room = transaction.commit(Urgency.RECLAIM);
      if (room != Room.OK) {
        return noRoom(room);
      }
      counter.add(split.heldCount());
    }
    LeaseResult done =
        new LeaseResult.Done(
            Seqs.of(split.held(), split.heldCount()), split.skipped(), deadline, door.jobs(queue));
    boolean wait =
        split.heldCount() > 0
            && (queue.config().leasesDurable() || (durableAsRecords && queue.config().durable()));
    return wait
        ? door.whenDurable(queue, done, new Refusal.StorageFailed())
        : CompletableFuture.completedFuture(done);
  }

  private static @Nullable CompletableFuture<LeaseResult> noRoom(Room room) {
    return switch (room) {
      case OK, NO_SPARE -> null;
      case DISK_FULL -> CompletableFuture.completedFuture(new Refusal.StorageFull());
      case FAILED -> CompletableFuture.completedFuture(new Refusal.StorageFailed());
    };
  }

  private static Split split(LeaseRequest request, Jobs jobs) {
    long[] held = new long[request.size()];
    long[] skipped = new long[request.size()];
    int heldCount = 0;
    int skippedCount = 0;
    boolean ascending = true;
    for (int i = 0; i < request.size(); i++) {
      long seq = request.seq(i);
      if (isHeld(jobs, seq, request.node(), request.token(i))) {
        ascending &= heldCount == 0 || held[heldCount - 1] < seq;
        held[heldCount++] = seq;
      } else {
        skipped[skippedCount++] = seq;
      }
    }
    if (!ascending) {
      Arrays.sort(held, 0, heldCount);
      int kept = 0;
      for (int i = 0; i < heldCount; i++) {
        if (i == 0 || held[i] != held[i - 1]) {
          held[kept++] = held[i];
        } else {
          skipped[skippedCount++] = held[i];
        }
      }
      heldCount = kept;
    }
    return new Split(held, heldCount, Seqs.of(skipped, skippedCount));
  }

  private static boolean isHeld(Jobs jobs, long seq, String node, long token) {
    JobTable table = jobs.table();
    int slot = table.find(seq);
    return slot != JobTable.NONE
        && table.phase(slot) == JobTable.LEASED
        && (token == LeaseToken.ANY || table.token(slot) == token)
        && jobs.holders().node(table.holder(slot)).equals(node);
  }

  /// Releases those leases, tokens by seq, that are still the same.
  void giveBack(Jobs jobs, Map<Long, Long> tokensBySeq) {
    if (!tokensBySeq.isEmpty()) {
      door.transact(transaction -> attemptGiveBack(jobs, tokensBySeq, transaction));
    }
  }

  private @Nullable Boolean attemptGiveBack(
      Jobs jobs, Map<Long, Long> tokensBySeq, Transaction transaction) {
    if (door.refusal() != null || jobs.queue().isDropped()) {
      return false;
    }
    JobTable table = jobs.table();
    long[] seqs = new long[tokensBySeq.size()];
    int size = 0;
    for (Map.Entry<Long, Long> lease : tokensBySeq.entrySet()) {
      int slot = table.find(lease.getKey());
      if (slot != JobTable.NONE && table.token(slot) == lease.getValue()) {
        seqs[size++] = lease.getKey();
      }
    }
    if (size == 0) {
      return false;
    }
    Arrays.sort(seqs, 0, size);
    transaction.release(jobs.queue(), seqs, new long[size], size, null);
    return transaction.commit(Urgency.RECLAIM) == Room.NO_SPARE ? null : Boolean.TRUE;
  }

  /// Jobs of the table behind `afterSeq`, ascending, up to `limit`. Only a picture of them is taken
  /// under the commit lock.
  LeasesResult list(TopicName name, long afterSeq, int limit) {
    Supplier<LeasesResult> listing = door.locked(() -> listing(name, afterSeq, limit));
    return listing.get();
  }

  private Supplier<LeasesResult> listing(TopicName name, long afterSeq, int limit) {
    Topic queue = door.find(name);
    if (queue == null) {
      return () -> new Refusal.TopicNotFound(name);
    }
    if (!(queue.jobs() instanceof Jobs jobs)) {
      return () -> new Refusal.NotAQueue(name);
    }
    jobs.settle();
    JobImage image = jobs.image();
    long first = Math.max(afterSeq + 1, door.earliest(queue));
    long last = queue.visibleHead();
    return () -> LeaseListing.page(image, first, last, limit);
  }
}
