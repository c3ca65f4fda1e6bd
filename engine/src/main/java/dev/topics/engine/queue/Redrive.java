package dev.topics.engine.queue;

import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.RedriveRequest;
import dev.topics.engine.model.RedriveResult;
import dev.topics.engine.model.RedriveResult.Reason;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.StoredRecord;
import dev.topics.engine.topic.Door;
import dev.topics.engine.topic.RecordLookup;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.Transaction;
import dev.topics.storage.journal.Urgency;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Moves jobs from a dead letter to where they came from, or to another topic: appended there and
/// deleted here in one frame for each target, a slice of the dead letter at a time.
///
/// **Threading** Any thread, without the commit lock, which it takes.
final class Redrive {
  /// A job that was moved back this often stays, unless another target is named: what fails again
  /// and again needs a person, not another round.
  static final int REDRIVES_MAX = 10;

  private static final int SLICE_EXAMINED_MAX = 1000;
  private static final int SLICE_BYTES_MAX = 4 << 20;

  private final Door door;

  Redrive(Door door) {
    this.door = door;
  }

  /// Jobs on their way to one target.
  private static final class Batch {
    final CopyBuffer copies = new CopyBuffer();
    long[] seqs = new long[16];
    int size;

    void add(StoredRecord record, MetaEdit meta) {
      if (size == seqs.length) {
        seqs = Arrays.copyOf(seqs, size * 2);
      }
      seqs[size++] = record.seq();
      copies.add(record, meta.toBytes(), meta.jobFields());
    }
  }

  /// One slice of a redrive; what is behind its last seq is for the next one.
  CompletableFuture<RedriveResult> slice(RedriveRequest request) {
    Topic source = door.find(request.from());
    if (source == null) {
      return CompletableFuture.completedFuture(new Refusal.TopicNotFound(request.from()));
    }
    return new Slice(request, source).run();
  }

  private final class Slice {
    private final RedriveRequest request;
    private final Topic source;
    private final RedriveTally tally = new RedriveTally();
    private final Map<TopicName, Batch> batches = new LinkedHashMap<>();
    private int bytes;
    private int wanted;
    private boolean full;
    private long lastExamined;

    Slice(RedriveRequest request, Topic source) {
      this.request = request;
      this.source = source;
      lastExamined = request.afterSeq();
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
                      lastExamined = record.seq();
                      examine(record);
                    }
                  });
      if (!damage.isNone() && !full) {
        for (int i = 0; i < candidates.length; i++) {
          if (!seen[i] && candidates[i] >= damage.first() && candidates[i] <= damage.last()) {
            tally.skip(candidates[i], Reason.CORRUPT);
          }
        }
      }
      if (!full) {
        lastExamined =
            candidates.length == 0
                ? through
                : Math.max(lastExamined, candidates[candidates.length - 1]);
      }
      Refusal refusal = request.dryRun() ? null : moveAll();
      if (refusal != null) {
        return CompletableFuture.completedFuture(refusal);
      }
      if (request.dryRun()) {
        batches.forEach((target, batch) -> tally.moved(target, batch.size));
      }
      boolean more = lastExamined < through && hasMore(through);
      RedriveResult result = tally.result(lastExamined, more);
      return tally.jobs() == 0 || request.dryRun()
          ? CompletableFuture.completedFuture(result)
          : whenSafe(result);
    }

    private boolean hasMore(long through) {
      long[] seqs = request.seqs();
      if (seqs.length > 0) {
        return seqs[seqs.length - 1] > lastExamined;
      }
      return door.locked(() -> source.nextLive(lastExamined + 1) <= through);
    }

    /// The seqs to look at, ascending.
    private long[] candidates(long through) {
      if (request.seqs().length > 0) {
        return Arrays.stream(request.seqs())
            .filter(seq -> seq > request.afterSeq() && seq <= through)
            .limit(SLICE_EXAMINED_MAX)
            .toArray();
      }
      return door.locked(() -> {
        long[] seqs = new long[SLICE_EXAMINED_MAX];
        int size = 0;
        long seq = source.nextLive(Math.max(request.afterSeq() + 1, door.earliest(source)));
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
      batches.computeIfAbsent(target, _ -> new Batch()).add(record, meta);
      wanted++;
      bytes += record.bytes();
      full = wanted >= request.max() || bytes >= SLICE_BYTES_MAX;
    }

    private @Nullable Refusal moveAll() {
      for (Map.Entry<TopicName, Batch> batch : batches.entrySet()) {
        Refusal refusal =
            door.transact(transaction -> move(batch.getKey(), batch.getValue(), transaction))
                .refusal();
        if (refusal != null) {
          return refusal;
        }
      }
      return null;
    }

    private @Nullable Moved move(TopicName target, Batch batch, Transaction transaction) {
      Refusal refusal = door.refusal();
      if (refusal != null) {
        return new Moved(refusal);
      }
      if (door.find(target) == null) {
        return stays(batch, Reason.TARGET_MISSING);
      }
      for (int i = 0; i < batch.size; i++) {
        if (source.nextLive(batch.seqs[i]) != batch.seqs[i] || isHeld(batch.seqs[i])) {
          return stays(batch, Reason.LEASED);
        }
      }
      var added = transaction.append(target, batch.copies.toWrite(), ConfigPatch.NONE);
      if (added == Transaction.AppendOutcome.FULL) {
        return stays(batch, Reason.TARGET_FULL);
      }
      transaction.delete(source, batch.seqs, batch.size);
      return switch (transaction.commit(Urgency.APPEND)) {
        case OK -> {
          tally.moved(target, batch.size);
          yield new Moved(null);
        }
        case NO_SPARE -> null;
        case DISK_FULL -> new Moved(new Refusal.StorageFull());
        case FAILED -> new Moved(new Refusal.StorageFailed());
      };
    }

    private Moved stays(Batch batch, Reason reason) {
      for (int i = 0; i < batch.size; i++) {
        tally.skip(batch.seqs[i], reason);
      }
      return new Moved(null);
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
