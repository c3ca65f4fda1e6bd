package dev.topics.engine.topic;

import dev.topics.engine.index.Losses;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.RecordWriter;
import dev.topics.storage.pack.NotInMemoryException;
import dev.topics.storage.search.Bisection;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads records after a cursor (semantics §3): the one read path, whoever asks.
///
/// Records are handed on as they are stored, in stretches as long as possible. A tombstone, of
/// which an answer has at most one, always stands before the records; what is lost behind some
/// records is told by the next read.
///
/// **Threading** One thread at a time; make one per thread. Never takes the commit lock.
public final class TopicReader {
  /// A read that finds nothing to deliver stops after examining this many records…
  static final int SCAN_RECORDS_MAX = 16_384;

  /// …or this many bytes of them.
  static final long SCAN_BYTES_MAX = 16 << 20;

  private final Topics topics;
  private final BlockReader blocks;
  private final Sizes sizes;
  private final RecordWriter writer = new RecordWriter();
  private ReadStamp stamp = ReadStamp.NONE;

  TopicReader(Topics topics) {
    this.topics = topics;
    this.blocks = topics.newBlockReader();
    this.sizes = new Sizes(blocks);
  }

  /// Reads a page of `name` into `sink`. Counts as consumption of the topic.
  public DiffResult diff(TopicName name, DiffQuery query, RecordSink sink) {
    Topic topic = topics.table().find(name.value());
    if (topic == null) {
      return new Refusal.TopicNotFound(name);
    }
    return read(topic.ref(), query, false, sink);
  }

  /// Reads a page of one instance of a topic; `durableOnly` leaves out what is not on stable
  /// storage yet, and takes the last seq that is there for the head; it is refused where what comes
  /// next never will be. Counts as consumption.
  public DiffResult read(TopicRef ref, DiffQuery query, boolean durableOnly, RecordSink sink) {
    blocks.packed().mayWait(true);
    return readOn(ref, query, durableOnly, sink);
  }

  /// The same without waiting for the disk; null where it would have to before the first record.
  public @Nullable DiffResult readNow(
      TopicRef ref, DiffQuery query, boolean durableOnly, RecordSink sink) {
    blocks.packed().mayWait(false);
    try {
      return readOn(ref, query, durableOnly, sink);
    } catch (NotInMemoryException e) {
      return null;
    }
  }

  /// What waits for the disk, on any thread, so that a read after it need not.
  public Runnable fetch(TopicRef ref, DiffQuery query, boolean durableOnly) {
    return () -> new TopicReader(topics).read(ref, query, durableOnly, new Nowhere());
  }

  private static final class Nowhere implements RecordSink {
    @Override
    public void write(MemorySegment source, long offset, int length) {}

    @Override
    public void write(byte[] source, int offset, int length) {}
  }

  private DiffResult readOn(TopicRef ref, DiffQuery query, boolean durableOnly, RecordSink sink) {
    Topic topic = ref.topic();
    if (topic.isDropped()) {
      return new Refusal.TopicNotFound(topic.name());
    }
    long now = topics.clock().millis();
    topic.touch(now);
    while (true) {
      View view = topic.view();
      try {
        return read(topic, view, now, query, durableOnly, sink);
      } catch (MovedRecordsException moved) {
        if (topic.isDropped()) {
          return new Refusal.TopicNotFound(topic.name());
        }
        moved.throwUnlessNewer(view, topic.view());
      } finally {
        blocks.packed().leave();
      }
    }
  }

  private DiffResult read(
      Topic topic, View view, long now, DiffQuery query, boolean durableOnly, RecordSink sink) {
    Expiry expiry = Retention.expiry(topic, view, now, sizes);
    stamp = new ReadStamp(view, expiry.until());
    return durableOnly
        ? readDurable(topic, view, expiry, query, sink)
        : new Read(topic, view, expiry, query, sink).run();
  }

  private DiffResult readDurable(
      Topic topic, View view, Expiry expiry, DiffQuery query, RecordSink sink) {
    long cursor = query.fromSeq();
    long head = durableHead(topic, view);
    if (head < view.head() && cursor >= head && cursor <= view.head()) {
      return new DiffResult.Page(0, cursor, cursor, expiry.earliest(), null, 0);
    }
    long next = Math.max(cursor > view.head() ? 1 : cursor + 1, expiry.earliest());
    long live = view.nextLive(next);
    long inMemory = view.memoryCount() == 0 ? Long.MAX_VALUE : view.index().firstInMemory(live);
    if (inMemory > head) {
      return new Read(topic, view.through(head), expiry, query, sink).run();
    }
    if (inMemory == live) {
      return new Refusal.NeverDurable(topic.name(), live, lastInMemory(view, live));
    }
    DiffResult found = new Read(topic, view.through(inMemory - 1), expiry, query, sink).run();
    return found instanceof DiffResult.Page page
        ? new DiffResult.Page(
            page.records(),
            page.nextFromSeq(),
            head,
            page.earliestSeq(),
            page.tombstone(),
            page.scanned())
        : found;
  }

  /// The last of the seqs in memory that follow `first`, which is one, without a break.
  private static long lastInMemory(View view, long first) {
    SeqRanges inMemory = view.index().memoryFrom(first, view.head());
    long last = first;
    for (int i = 0; i < inMemory.size() && inMemory.first(i) <= last + 1; i++) {
      last = inMemory.last(i);
    }
    return last;
  }

  private long durableHead(Topic topic, View view) {
    CommitLog commits = topics.commits();
    return view.config().durable()
        ? view.head()
        : topic.durableHead().reached(view.head(), commits.lastLsn(), commits.durableLsn());
  }

  /// What the last read saw.
  public ReadStamp stamp() {
    return stamp;
  }

  /// Whether a read of `ref` would see what another one saw.
  public boolean isCurrent(ReadStamp seen, TopicRef ref) {
    return seen.isOf(ref.topic().view(), topics.clock().millis());
  }

  /// One read under way.
  private final class Read {
    private final Topic topic;
    private final View view;
    private final Expiry expiry;
    private final DiffQuery query;
    private final NodeFilter nodes;
    private long cursor;
    private @Nullable Tombstone tombstone;
    private int delivered;
    private int scanned;
    private long scannedBytes;
    private long deliveredBytes;
    private boolean full;

    Read(Topic topic, View view, Expiry expiry, DiffQuery query, RecordSink sink) {
      this.topic = topic;
      this.view = view;
      this.expiry = expiry;
      this.query = query;
      nodes = view.config().dedupeNode() ? query.nodes() : NodeFilter.NONE;
      cursor = query.fromSeq();
      writer.start(query, sink);
    }

    DiffResult run() {
      passTheFloor();
      while (!full && cursor < view.head()) {
        long next = Math.max(cursor + 1, expiry.earliest());
        if (next <= view.head()) {
          next = view.deleted().nextAbsent(next);
        }
        if (next > view.head()) {
          cursor = view.head();
          break;
        }
        Losses.Gap gap = view.losses().gapAt(next);
        if (gap != null) {
          if (!tell(gap)) {
            break;
          }
          continue;
        }
        cursor = next - 1;
        try {
          readBlock(next);
        } catch (MovedRecordsException | NotInMemoryException elsewhere) {
          if (delivered == 0) {
            throw elsewhere;
          }
          break;
        } catch (DamagedRecordsException damaged) {
          if (delivered == 0 && damaged.passes()) {
            return new Refusal.Exhausted();
          }
          if (delivered == 0 && tombstone == null) {
            long beforeGap = view.losses().nextGap(next) - 1;
            long last = Math.min(Math.min(damaged.lastSeq(), view.head()), beforeGap);
            return new Refusal.DataCorrupt(topic.name(), next, last);
          }
          break;
        }
      }
      if (view.isDeletedBetween(cursor + 1, view.head())) {
        cursor = view.head();
      }
      return new DiffResult.Page(
          delivered, cursor, view.head(), expiry.earliest(), tombstone, scanned);
    }

    private void passTheFloor() {
      long head = view.head();
      long earliest = expiry.earliest();
      if (cursor > head) {
        tombstone = new Tombstone(1, head, LossReason.RECREATED, earliest, head);
        cursor = earliest - 1;
      } else if (cursor + 1 < expiry.evictFloor()) {
        LossReason reason = expiry.losses().reasonSince(cursor + 1);
        tombstone = new Tombstone(cursor + 1, earliest - 1, reason, earliest, head);
        cursor = earliest - 1;
      }
    }

    /// Passes a gap in the middle; returns false if that must wait for the next read.
    private boolean tell(Losses.Gap gap) {
      if (delivered > 0 || tombstone != null) {
        return false;
      }
      long from = Math.max(gap.first(), cursor + 1);
      tombstone = new Tombstone(from, gap.last(), gap.reason(), gap.last() + 1, view.head());
      cursor = gap.last();
      return true;
    }

    /// Reads on from `seq` to the end of the append that holds it, or of a stretch of a run, around
    /// what was deleted.
    private void readBlock(long seq) throws DamagedRecordsException {
      long entry = view.index().floor(seq);
      boolean all = nodes.isEmpty() && query.asStored();
      int records = all ? query.limit() - delivered : BlockReader.RECORDS_MAX;
      long bytes = all ? query.maxBatchBytes() - deliveredBytes : BlockReader.BYTES_MAX;
      AppendBlock block =
          blocks.read(
              topic.id(),
              view.index(),
              entry,
              seq,
              Math.min(records, BlockReader.RECORDS_MAX),
              Math.clamp(bytes, 1, BlockReader.BYTES_MAX));
      long endOfBlock = block.lastSeq() + 1;
      long from = seq;
      while (from < endOfBlock && !full) {
        long end = Math.min(endOfBlock, view.deleted().nextPresent(from));
        readStretch(block, (int) (from - block.firstSeq()), (int) (end - block.firstSeq()));
        from = view.deleted().nextAbsent(end);
      }
    }

    /// Reads the records `first` to `end` (exclusive), none of which was deleted.
    private void readStretch(AppendBlock block, int first, int end) {
      if (nodes.isEmpty() && query.asStored()) {
        deliverStretch(block, first, end);
        return;
      }
      for (int i = first; i < end && !full; i++) {
        if (isUnwanted(block, i)) {
          skip(block, i);
        } else {
          deliver(block, i, i + 1, writer.bytes(block, i));
        }
      }
    }

    private boolean isUnwanted(AppendBlock block, int i) {
      return block.hasNode(i)
          && !nodes.isEmpty()
          && nodes.drops(block.segment(), block.nodeStart(i), block.nodeLength(i));
    }

    private void skip(AppendBlock block, int i) {
      cursor = block.firstSeq() + i;
      scanned++;
      scannedBytes += block.bodyEnd(i) - block.bodyStart(i);
      full = scanned >= SCAN_RECORDS_MAX || scannedBytes >= SCAN_BYTES_MAX;
    }

    /// Delivers as many of the records `first` to `end` (exclusive) as fit.
    private void deliverStretch(AppendBlock block, int first, int end) {
      int last = first + Math.min(end - first, query.limit() - delivered);
      long start = block.bodyStart(first);
      long room = query.maxBatchBytes() - deliveredBytes;
      int fits = last;
      if (block.bodyEnd(last - 1) - start > room) {
        int low = delivered == 0 ? first + 1 : first;
        fits = Math.max(low, firstBeyond(block, first, last, start + room));
        full = true;
      }
      if (fits > first) {
        deliver(block, first, fits, block.bodyEnd(fits - 1) - start);
      }
    }

    /// The first record in `[first, end)` whose body ends behind `limit`.
    private static int firstBeyond(AppendBlock block, int first, int end, long limit) {
      return Bisection.first(first, end, i -> block.bodyEnd(i) <= limit);
    }

    private void deliver(AppendBlock block, int first, int end, long bytes) {
      if (delivered > 0 && deliveredBytes + bytes > query.maxBatchBytes()) {
        full = true;
        return;
      }
      writer.write(block, first, end);
      delivered += end - first;
      scanned += end - first;
      deliveredBytes += bytes + 1;
      scannedBytes += bytes;
      cursor = block.firstSeq() + end - 1;
      full |= delivered >= query.limit() || deliveredBytes >= query.maxBatchBytes();
    }
  }
}
