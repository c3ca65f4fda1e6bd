package dev.topics.engine.topic;

import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.OperationLayout.Append;
import dev.topics.storage.pack.PackDamagedException;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.RunReader;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads runs of packs: makes the records of a stretch that has no hole into an APPEND, in a
/// buffer. Everything behind that sees an ordinary block of records.
///
/// **Threading** One thread at a time. Reads the disk. After each use [#leave] is to be called:
/// memory outside the heap is borrowed until then.
public final class PackedBlocks {
  private static final int KEEP_BYTES_MAX = 4 << 20;

  private final Packs packs;
  private final AppendBlock block = new AppendBlock();
  private @Nullable RunReader reader;
  private boolean waits = true;
  private @Nullable PackedRun held;
  private long heldFirst;
  private long heldLast;
  private MemorySegment scratch = MemorySegment.ofArray(new byte[4096]);

  PackedBlocks(Packs packs) {
    this.packs = packs;
  }

  /// Whether the disk may be waited for, after the next [#leave]. Without that, what would wait
  /// fails with `NotInMemoryException`; at first it waits.
  void mayWait(boolean wait) {
    waits = wait;
  }

  private RunReader open(PackedRun run) throws PackDamagedException {
    RunReader of = reader;
    if (of == null) {
      of = packs.borrowReader(waits);
      reader = of;
    }
    if (!of.open(run)) {
      throw new MovedRecordsException("pack " + run.pack() + " is gone");
    }
    return of;
  }

  /// Lets go of the pack that was read last.
  public void leave() {
    RunReader of = reader;
    if (of != null) {
      reader = null;
      packs.giveBack(of);
    }
  }

  /// Records of `run` from `seq`, which is in it, on: at most `maxRecords`, and about `maxBytes`,
  /// up to the next hole. Valid until the next call.
  AppendBlock read(PackedRun run, long seq, int maxRecords, long maxBytes)
      throws DamagedRecordsException {
    if (run.equals(held) && heldFirst <= seq && seq <= heldLast) {
      return block;
    }
    held = null;
    try {
      RunReader of = open(run);
      long first = of.indexOf(seq);
      if (first == run.count() || of.seq(first) != seq) {
        throw new InconsistentLogException("pack %d lacks seq %d".formatted(run.pack(), seq));
      }
      long end = endOfDense(of, first, Math.min(run.count(), first + maxRecords));
      make(of, run, first, of.stretchEnd(first, end, maxBytes));
      heldFirst = seq;
      heldLast = block.lastSeq();
      held = run;
      return block;
    } catch (PackDamagedException damaged) {
      throw new DamagedRecordsException(damaged.firstSeq(), damaged.lastSeq(), damaged);
    }
  }

  /// The end of the records from `first` on, up to `end`, that have no hole between them.
  private static long endOfDense(RunReader of, long first, long end) throws PackDamagedException {
    long firstSeq = of.seq(first);
    long low = first + 1;
    long high = Math.min(end, of.stretchEnd(first, end, Long.MAX_VALUE >>> 1));
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (of.seq(middle) - firstSeq == middle - first) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Makes the records from `first` to `end`, exclusive, of one chunk, or those before damage.
  private void make(RunReader of, PackedRun run, long first, long end) throws PackDamagedException {
    long firstSeq = of.seq(first);
    try {
      write(of, run, first, end, of.read(first, end));
    } catch (PackDamagedException damaged) {
      long sound = damaged.firstSeq() - firstSeq;
      if (sound <= 0 || sound >= end - first) {
        throw damaged;
      }
      make(of, run, first, first + sound);
    }
  }

  private void write(RunReader of, PackedRun run, long first, long end, MemorySegment bodies)
      throws PackDamagedException {
    int count = (int) (end - first);
    int tagBytes = 0;
    boolean anyTag = false;
    for (long i = first; i < end; i++) {
      tagBytes += of.hasTag(i) ? of.tagLength(i) : 0;
      anyTag |= of.hasTag(i);
    }
    int bodyBytes = (int) bodies.byteSize();
    int bytes =
        OperationLayout.aligned(
            Append.TABLE + (long) count * Append.ENTRY_BYTES + tagBytes + bodyBytes);
    if (scratch.byteSize() < bytes || scratch.byteSize() > KEEP_BYTES_MAX) {
      scratch = MemorySegment.ofArray(new byte[bytes + bytes / 4]);
    }
    int flags = anyTag ? Append.FLAG_TAGS : 0;
    OperationLayout.putHeader(scratch, 0, OperationLayout.APPEND, flags, bytes, run.owner());
    long payloadBytes =
        of.payloadBefore(end - 1) + of.payloadBytes(end - 1) - of.payloadBefore(first);
    long firstSeq = of.seq(first);
    long ts = of.ts(first);
    Append.put(scratch, 0, firstSeq, ts, count, 0, tagBytes, bodyBytes, payloadBytes);
    writeTable(of, first, end);
    long bodiesAt = Append.TABLE + (long) count * Append.ENTRY_BYTES + tagBytes;
    MemorySegment.copy(bodies, 0, scratch, bodiesAt, bodyBytes);
    block.wrap(scratch, 0);
  }

  private void writeTable(RunReader of, long first, long end) throws PackDamagedException {
    long entry = Append.TABLE;
    long tags = Append.TABLE + (end - first) * Append.ENTRY_BYTES;
    int tagEnd = 0;
    int bodyEnd = 0;
    for (long i = first; i < end; i++, entry += Append.ENTRY_BYTES) {
      bodyEnd += of.bodyBytes(i);
      boolean tagged = of.hasTag(i);
      if (tagged) {
        int length = of.tagLength(i);
        MemorySegment.copy(of.tags(i), of.tagStart(i), scratch, tags + tagEnd, length);
        tagEnd += length;
      }
      int nodeLength = of.nodeLength(i);
      OperationLayout.putInt(scratch, entry, bodyEnd++);
      OperationLayout.putInt(scratch, entry + 4, of.metaOffset(i));
      OperationLayout.putInt(scratch, entry + 8, tagEnd | (tagged ? Append.TAG_PRESENT : 0));
      OperationLayout.putShort(scratch, entry + 12, of.dataOffset(i));
      OperationLayout.putShort(scratch, entry + 14, nodeLength < 0 ? Append.NO_NODE : nodeLength);
    }
  }

  /// Bytes of data and meta of the records of `run` below `seq`.
  long payloadBelow(PackedRun run, long seq) throws PackDamagedException {
    if (seq <= run.firstSeq()) {
      return 0;
    }
    if (seq > run.lastSeq()) {
      return run.payloadBytes();
    }
    RunReader of = open(run);
    return of.payloadBefore(of.indexOf(seq));
  }

  /// The time of the record `seq` of `run`, or of the next one.
  long ts(PackedRun run, long seq) throws PackDamagedException {
    RunReader of = open(run);
    return of.ts(Math.min(of.indexOf(seq), run.count() - 1));
  }

  /// The first seq of `run` whose time is `ts`, at most its last one, or later.
  long since(PackedRun run, long ts) throws PackDamagedException {
    RunReader of = open(run);
    return ts <= run.firstTs() ? run.firstSeq() : of.seq(of.indexSince(ts));
  }

  /// Hands all records of `run` with a matching tag to `found`, in no particular order.
  void find(PackedRun run, TagMatch match, RunReader.Found found) throws PackDamagedException {
    RunReader of = open(run);
    switch (match) {
      case TagMatch.Exact(String tag) ->
          of.findTag(tag.getBytes(StandardCharsets.UTF_8), false, found);
      case TagMatch.Prefix(String prefix) ->
          of.findTag(prefix.getBytes(StandardCharsets.UTF_8), true, found);
    }
  }
}
