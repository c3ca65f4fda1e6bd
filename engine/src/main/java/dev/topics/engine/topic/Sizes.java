package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.PayloadSums;
import dev.topics.engine.record.Removed;
import dev.topics.storage.pack.PackDamagedException;
import dev.topics.storage.pack.PackedRun;

/// How many records live in a stretch of a view, and how many bytes they have, from the sums that
/// the index keeps, and on times. Records are read only where an end of the stretch cuts through an
/// append, or where some of an append are deleted in the same window of [SeqSet] as that end.
///
/// **Threading** As its [BlockReader].
public final class Sizes {
  private final BlockReader blocks;
  private final PayloadSums sums = new PayloadSums();

  Sizes(BlockReader blocks) {
    this.blocks = blocks;
  }

  public BlockReader blocks() {
    return blocks;
  }

  /// The first seq whose time is `ts` or later; one above the head if there is none. Of a run that
  /// cannot tell, the first.
  long firstSince(View view, long ts) {
    AppendIndex.Snapshot index = view.index();
    long entry = index.since(ts);
    if (entry == AppendIndex.Snapshot.NO_ENTRY) {
      return view.head() + 1;
    }
    PackedRun run = index.run(entry);
    if (run == null) {
      return index.firstSeq(entry);
    }
    try {
      return blocks.packed().since(run, ts);
    } catch (PackDamagedException damaged) {
      return index.firstSeq(entry);
    }
  }

  /// The time of the record `seq`, which is stored. Of a run that cannot tell, the earliest.
  long ts(View view, long seq) {
    AppendIndex.Snapshot index = view.index();
    long entry = index.floor(seq);
    PackedRun run = index.run(entry);
    if (run == null) {
      return index.ts(entry);
    }
    try {
      return blocks.packed().ts(run, seq);
    } catch (PackDamagedException damaged) {
      return run.firstTs();
    }
  }

  /// The live records from `first`, at or above the earliest one, to `last`, inclusive.
  public Removed live(long topicId, View view, long first, long last) {
    Removed live = new Removed();
    if (last < first) {
      return live;
    }
    if (first <= view.earliest() && last >= view.head()) {
      live.add(true, view.memoryCount(), view.memoryBytes());
      live.add(false, view.count() - view.memoryCount(), view.bytes() - view.memoryBytes());
      return live;
    }
    long end = Math.min(last, view.head());
    if (view.memoryCount() == 0 || view.memoryCount() == view.count()) {
      add(live, view.memoryCount() > 0, topicId, view, first, end);
      return live;
    }
    AppendIndex.Snapshot index = view.index();
    long from = first;
    while (from <= end) {
      long entry = index.floor(from);
      long nextChunk = index.nextChunk(entry);
      boolean isLast = nextChunk == AppendIndex.Snapshot.NO_ENTRY;
      long to = isLast ? end : Math.min(end, index.firstSeq(nextChunk) - 1);
      add(live, index.memory(entry) != null, topicId, view, from, to);
      from = to + 1;
    }
    return live;
  }

  /// The payload bytes of all live records, not from the sum that the view has.
  long recount(long topicId, View view) {
    long stored = stored(topicId, view, view.earliest(), view.head());
    return Math.max(0, stored - deleted(topicId, view, view.earliest(), view.head()));
  }

  /// Nothing that is removed may ever make more than there is, whatever damage hides.
  private void add(Removed live, boolean inMemory, long topicId, View view, long first, long last) {
    long records = view.liveBetween(first, last);
    if (records > 0) {
      long bytes = stored(topicId, view, first, last) - deleted(topicId, view, first, last);
      long most = inMemory ? view.memoryBytes() : view.bytes() - view.memoryBytes();
      live.add(inMemory, records, Math.clamp(bytes, 0, most));
    }
  }

  private long deleted(long topicId, View view, long first, long last) {
    return view.deleted().bytesBetween(first, last, (from, to) -> stored(topicId, view, from, to));
  }

  /// The bytes of what is stored in `view`.
  public SeqSet.Bytes of(long topicId, View view) {
    return (first, last) -> stored(topicId, view, first, last);
  }

  /// Payload bytes of the records from `first` to `last`, inclusive, live or not.
  private long stored(long topicId, View view, long first, long last) {
    return storedBelow(topicId, view, last + 1) - storedBelow(topicId, view, first);
  }

  private long storedBelow(long topicId, View view, long seq) {
    AppendIndex.Snapshot index = view.index();
    if (seq > view.head()) {
      return index.bytes();
    }
    long entry = index.floor(seq);
    if (entry == AppendIndex.Snapshot.NO_ENTRY) {
      long first = index.first();
      return first == AppendIndex.Snapshot.NO_ENTRY ? index.bytes() : index.bytesBefore(first);
    }
    long before = index.bytesBefore(entry);
    long within = seq - index.firstSeq(entry);
    if (within == 0) {
      return before;
    }
    PackedRun run = index.run(entry);
    return before
        + (run == null ? bytesOfFirst(topicId, view, entry, within) : bytesBelow(run, seq));
  }

  /// Payload bytes of the records of a run below `seq`; their share if it cannot be read.
  private long bytesBelow(PackedRun run, long seq) {
    try {
      return blocks.packed().payloadBelow(run, seq);
    } catch (PackDamagedException damaged) {
      double seqs = run.lastSeq() - run.firstSeq() + 1;
      return (long) (run.payloadBytes() * ((seq - run.firstSeq()) / seqs));
    }
  }

  /// Payload bytes of the first `count` records of an append; their share if it cannot be read.
  private long bytesOfFirst(long topicId, View view, long entry, long count) {
    AppendIndex.Snapshot index = view.index();
    long all = index.bytesThrough(entry) - index.bytesBefore(entry);
    int[] known = sums.of(topicId, index.firstSeq(entry));
    if (known.length > 0) {
      return count >= known.length ? all : known[(int) count - 1];
    }
    try {
      AppendBlock block = blocks.read(topicId, index, entry, index.firstSeq(entry));
      if (count >= block.count()) {
        return all;
      }
      return sums.add(topicId, block)[(int) count - 1];
    } catch (DamagedRecordsException damaged) {
      long records = view.lastOf(entry) - index.firstSeq(entry) + 1;
      return (long) ((double) all * count / records);
    }
  }
}
