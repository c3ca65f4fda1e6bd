package dev.topics.engine.queue;

import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.RedriveRequest;
import dev.topics.engine.model.RedriveResult;
import dev.topics.engine.model.RedriveResult.Reason;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.StoredRecord;
import dev.topics.engine.topic.CapRoom;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.RecordLookup;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Transaction;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Moves jobs from a dead letter to where they came from, or to another topic: appended there and
/// deleted here in one frame for each target, a slice of the dead letter at a time. Those stay that
/// the target has no room for, and those that somebody holds.
///
/// **Threading** Any thread, one at a time, without the commit lock, which it takes.
public final class Redrive {
  /// A job that was moved back this often stays, unless another target is named: what fails again
  /// and again needs a person, not another round.
  static final int REDRIVES_MAX = 10;

  private static final int SLICE_EXAMINED_MAX = 1000;
  private static final int SLICE_BYTES_MAX = 4 << 20;

  private final Door door;
  private final RedriveRequest request;

  /// What the targets would have left: of a dry run, which adds nothing to them.
  private final Map<TopicName, CapRoom> left = new HashMap<>();

  /// The last record that was looked at.
  private long lastSeq;

  Redrive(Door door, RedriveRequest request) {
    this.door = door;
    this.request = request;
  }

  /// Moves at most `most` jobs more, or tells which it would move.
  public CompletableFuture<RedriveResult> slice(int most) {
    Topic source = door.find(request.from());
    if (source == null) {
      return CompletableFuture.completedFuture(new Refusal.TopicNotFound(request.from()));
    }
    return new Slice(source, most).run();
  }

  private final class Slice {
    private final Topic source;
    private final int most;
    private final RedriveTally tally = new RedriveTally();
    private final Map<TopicName, RedriveBatch> batches = new LinkedHashMap<>();
    private int bytes;
    private int wanted;
    private boolean full;

    Slice(Topic source, int most) {
      this.source = source;
      this.most = most;
    }

    CompletableFuture<RedriveResult> run() {
      long through = Math.min(request.throughSeq(), source.visibleHead());
      long[] candidates = candidates(through);
      boolean[] seen = new boolean[candidates.length];
      RecordLookup.Damage damage =
          door.newLookup()
              .read(
                  source,
                  candidates,
                  candidates.length,
                  (i, record) -> {
                    if (!full) {
                      seen[i] = true;
                      lastSeq = record.seq();
                      examine(record);
                    }
                  });
      if (damage.passes()) {
        return CompletableFuture.completedFuture(new Refusal.Exhausted());
      }
      if (!damage.isNone() && !full) {
        for (int i = 0; i < candidates.length; i++) {
          if (!seen[i] && candidates[i] >= damage.first() && candidates[i] <= damage.last()) {
            tally.skip(candidates[i], Reason.CORRUPT);
          }
        }
      }
      if (!full) {
        lastSeq =
            candidates.length == 0 ? through : Math.max(lastSeq, candidates[candidates.length - 1]);
      }
      Refusal refusal = moveAll();
      if (refusal != null) {
        return CompletableFuture.completedFuture(refusal);
      }
      boolean more = lastSeq < through && hasMore(through);
      RedriveResult result = tally.result(more);
      return tally.jobs() == 0 || request.dryRun()
          ? CompletableFuture.completedFuture(result)
          : whenSafe(result);
    }

    private boolean hasMore(long through) {
      long[] seqs = request.seqs();
      if (seqs.length > 0) {
        return seqs[seqs.length - 1] > lastSeq;
      }
      return door.locked(() -> source.nextLive(lastSeq + 1) <= through);
    }

    /// The seqs to look at, ascending.
    private long[] candidates(long through) {
      if (request.seqs().length > 0) {
        return Arrays.stream(request.seqs())
            .filter(seq -> seq > lastSeq && seq <= through)
            .limit(SLICE_EXAMINED_MAX)
            .toArray();
      }
      return door.locked(() -> {
        long[] seqs = new long[SLICE_EXAMINED_MAX];
        int size = 0;
        long seq = source.nextLive(Math.max(lastSeq + 1, door.earliest(source)));
        for (; size < seqs.length && seq <= through; seq = source.nextLive(seq + 1)) {
          if (isHeld(seq)) {
            tally.skip(seq, Reason.LEASED);
          } else {
            seqs[size++] = seq;
          }
        }
        return Arrays.copyOf(seqs, size);
      });
    }

    private void examine(StoredRecord record) {
      TagMatch match = request.match();
      String tag = record.tag();
      if (match != null && (tag == null || !match.matches(tag))) {
        return;
      }
      MetaEdit meta = new MetaEdit(record.meta());
      String origin = meta.get(MetaEdit.FROM);
      TopicName to = request.to();
      if (to == null && (origin == null || !TopicName.isValid(origin))) {
        tally.skip(record.seq(), Reason.NO_ORIGIN);
        return;
      }
      TopicName target = to == null ? new TopicName(String.valueOf(origin)) : to;
      int redrives = meta.number(MetaEdit.REDRIVES);
      if (target.equals(request.from()) || (to == null && redrives >= REDRIVES_MAX)) {
        tally.skip(record.seq(), Reason.LOOP);
        return;
      }
      if (!request.allows(target)) {
        tally.skip(record.seq(), Reason.FORBIDDEN);
        return;
      }
      if (door.find(target) == null) {
        tally.skip(record.seq(), Reason.TARGET_MISSING);
        return;
      }
      meta.keepDeadLetter();
      meta.set(MetaEdit.REDRIVEN_FROM, request.from().value());
      meta.set(MetaEdit.REDRIVES, Integer.toString(redrives + 1));
      batches.computeIfAbsent(target, _ -> new RedriveBatch()).add(record, meta);
      wanted++;
      bytes += record.bytes();
      full = wanted >= most || bytes >= SLICE_BYTES_MAX;
    }

    private @Nullable Refusal moveAll() {
      for (Map.Entry<TopicName, RedriveBatch> entry : batches.entrySet()) {
        RedriveBatch batch = entry.getValue();
        batch.seal();
        Refusal refusal =
            door.transact(transaction -> move(entry.getKey(), batch, transaction)).refusal();
        if (refusal != null) {
          return refusal;
        }
      }
      return null;
    }

    private @Nullable Moved move(TopicName target, RedriveBatch batch, Transaction transaction) {
      Refusal refusal = door.refusal();
      if (refusal != null) {
        return new Moved(refusal);
      }
      BitSet there = batch.where(seq -> source.nextLive(seq) == seq);
      Topic topic = door.find(target);
      if (topic == null) {
        there.stream().forEach(i -> tally.skip(batch.seq(i), Reason.TARGET_MISSING));
        return new Moved(null);
      }
      BitSet free = batch.where(seq -> !isHeld(seq));
      free.and(there);
      CapRoom room = left.getOrDefault(target, door.roomOf(topic));
      BitSet moving = batch.fitting(free, room);
      if (request.dryRun()) {
        left.put(target, room.without(moving.cardinality(), batch.payloadBytes(moving)));
      } else if (!moving.isEmpty()) {
        transaction.append(target, batch.write(moving), ConfigPatch.NONE);
        long[] seqs = batch.seqs(moving);
        transaction.delete(source, seqs, seqs.length);
        Room logged = transaction.commit(Urgency.APPEND);
        if (logged != Room.OK) {
          return noRoom(logged);
        }
      }
      if (!moving.isEmpty()) {
        tally.moved(target, moving.cardinality());
      }
      for (int i = 0; i < batch.size(); i++) {
        if (there.get(i) && !moving.get(i)) {
          tally.skip(batch.seq(i), free.get(i) ? Reason.TARGET_FULL : Reason.LEASED);
        }
      }
      return new Moved(null);
    }

    private static @Nullable Moved noRoom(Room room) {
      return switch (room) {
        case OK, NO_SPARE -> null;
        case DISK_FULL -> new Moved(new Refusal.StorageFull());
        case FAILED -> new Moved(new Refusal.StorageFailed());
      };
    }

    private boolean isHeld(long seq) {
      if (!(source.jobs() instanceof Jobs jobs)) {
        return false;
      }
      jobs.settle();
      int slot = jobs.table().find(seq);
      return slot != JobTable.NONE && jobs.table().phase(slot) == JobTable.LEASED;
    }

    /// The answer waits for a sync if one of the topics promises one.
    private CompletableFuture<RedriveResult> whenSafe(RedriveResult result) {
      boolean durable = source.config().durable();
      for (TopicName target : batches.keySet()) {
        Topic topic = door.find(target);
        durable |= topic != null && topic.config().durable();
      }
      boolean wait = durable;
      return door.locked(() ->
          wait
              ? door.whenDurable(source, result, new Refusal.StorageFailed())
              : CompletableFuture.completedFuture(result));
    }
  }

  /// Why nothing could be moved; nothing if it could.
  private record Moved(@Nullable Refusal refusal) {}
}
