package dev.topics.engine.index;

import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.search.Bisection;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Where the appends of one topic lie, and how many bytes they hold: per append its first seq, its
/// time, its place and the payload bytes before it, 16 bytes in primitive arrays. A run of records
/// in a pack is one entry, whatever the number of its records.
///
/// ```text
/// in a checkpoint: number of chunks, those of several files in parts, 4; each:
///    entries 4; first seq 8; time of the first 8; position of the file (number << 32) 8;
///       of each entry, what is added to these: seqs, times, offsets in the file, payload bytes
///       before it, each of them growing numbers
///    or -1 4; first seq 8; the run: pack 8, index 4, owner 8, first seq 8, last seq 8, records 8,
///       payload bytes 8, bytes of bodies 8, first ts 8, last ts 8
///    payload bytes of all of the chunk 8
/// ```
///
/// **Threading** [#add], [#install] and [#trimBelow] under the commit lock; [#snapshot] also beside
/// them, for who throws it away then. A [Snapshot] is read by any thread, because entries are only
/// ever added behind it, and chunks replaced in copies.
public final class AppendIndex {
  private static final int CHUNK_ENTRIES_MIN = 4;
  private static final int CHUNK_ENTRIES_MAX = 512;

  private IndexChunk[] chunks = new IndexChunk[1];
  private int chunkCount;

  /// The last chunk, once something was added to it: an append need not look into the array.
  private @Nullable IndexChunk growing;

  private int lastSize;
  private long endBytes;

  public AppendIndex() {}

  /// Adds the append whose first record is `firstSeq` and whose records have `payloadBytes`: in the
  /// journal at `position`, or in `memory` at that offset.
  public void add(
      long firstSeq, long ts, long position, long payloadBytes, @Nullable MemorySegment memory) {
    IndexChunk chunk = chunkFor(firstSeq, ts, position, memory);
    assert lastSize == 0 || chunk.file(lastSize - 1) <= IndexChunk.file(position) : position;
    chunk.set(lastSize++, firstSeq, ts, position, endBytes);
    endBytes += payloadBytes;
  }

  private IndexChunk chunkFor(
      long firstSeq, long ts, long position, @Nullable MemorySegment memory) {
    if (chunkCount == 0) {
      return newChunk(firstSeq, ts, position, memory, CHUNK_ENTRIES_MIN);
    }
    IndexChunk last = growing == null ? chunks[chunkCount - 1] : growing;
    if (!last.takes(firstSeq, ts, position, endBytes, memory)) {
      return newChunk(firstSeq, ts, position, memory, CHUNK_ENTRIES_MIN);
    }
    if (lastSize == CHUNK_ENTRIES_MAX) {
      return newChunk(firstSeq, ts, position, memory, CHUNK_ENTRIES_MAX);
    }
    if (lastSize == last.capacity()) {
      last = last.withCapacity(Math.min(lastSize * 4, CHUNK_ENTRIES_MAX));
      chunks = chunks.clone();
      chunks[chunkCount - 1] = last;
      growing = last;
    }
    return last;
  }

  private IndexChunk newChunk(
      long firstSeq, long ts, long position, @Nullable MemorySegment memory, int capacity) {
    if (chunkCount > 0) {
      chunks[chunkCount - 1].sealedSize = lastSize;
    }
    if (chunkCount == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunkCount * 2);
    }
    IndexChunk chunk = new IndexChunk(firstSeq, ts, position, endBytes, memory, capacity);
    chunks[chunkCount++] = chunk;
    growing = chunk;
    lastSize = 0;
    return chunk;
  }

  /// Forgets chunks that hold only seqs below `seq`, and appends in files before the one of `seq`:
  /// nothing keeps these files.
  public void trimBelow(long seq) {
    int first = chunksBelow(seq + 1) - 1;
    if (first < 0) {
      return;
    }
    splitAt(chunks[first].firstSeqOfFile(seq, size(first)));
    int drop = chunksBelow(seq + 1) - 1;
    if (drop > 0) {
      chunks = Arrays.copyOfRange(chunks, drop, Math.max(chunkCount, drop + 1));
      chunkCount -= drop;
    }
  }

  /// Puts `run` in the place of the appends, or runs, that begin from `first` to `last`; null for
  /// nothing. The sums of what lies behind stay as they are, those of what lies before move.
  public void install(long first, long last, @Nullable PackedRun run) {
    splitAt(first);
    splitAt(last + 1);
    int from = chunksBelow(first);
    int end = Math.max(from, chunksBelow(last + 1));
    long bytesBehind = end < chunkCount ? chunks[end].baseBytes : endBytes;
    if (chunkCount > 0) {
      chunks[chunkCount - 1].sealedSize = lastSize;
    }
    int runs = run == null ? 0 : 1;
    int rest = chunkCount - end;
    IndexChunk[] next = new IndexChunk[Math.max(1, from + runs + rest)];
    System.arraycopy(chunks, end, next, from + runs, rest);
    long before = bytesBehind;
    if (run != null) {
      before -= run.payloadBytes();
      next[from] = new IndexChunk(first, before, run);
    }
    long moved = from == end ? 0 : before - chunks[from].baseBytes;
    for (int i = 0; i < from; i++) {
      next[i] = moved == 0 ? chunks[i] : chunks[i].behind(chunks[i].baseBytes + moved);
    }
    chunks = next;
    chunkCount = from + runs + rest;
    growing = null;
    lastSize = chunkCount == 0 ? 0 : chunks[chunkCount - 1].sealedSize;
  }

  /// How many chunks begin below `seq`.
  private int chunksBelow(long seq) {
    return Bisection.first(0, chunkCount, i -> chunks[i].baseSeq < seq);
  }

  private int size(int chunk) {
    return chunk == chunkCount - 1 ? lastSize : chunks[chunk].sealedSize;
  }

  /// Makes a chunk begin at the first append from `seq` on.
  private void splitAt(long seq) {
    int at = chunksBelow(seq) - 1;
    if (at < 0) {
      return;
    }
    int size = size(at);
    int below = chunks[at].countBelow(seq, size);
    if (below == size) {
      return;
    }
    IndexChunk[] next = new IndexChunk[chunkCount + 1];
    System.arraycopy(chunks, 0, next, 0, at);
    next[at] = chunks[at].part(0, below);
    next[at + 1] = chunks[at].part(below, size);
    System.arraycopy(chunks, at + 1, next, at + 2, chunkCount - at - 1);
    lastSize = at == chunkCount - 1 ? size - below : lastSize;
    chunks = next;
    growing = null;
    chunkCount++;
  }

  /// The index that [Snapshot#encode] wrote.
  public static AppendIndex decode(StateReader in) {
    AppendIndex index = new AppendIndex();
    int count = in.getInt();
    for (int i = 0; i < count; i++) {
      int stored = in.getInt();
      int size = stored == IndexChunk.PACKED ? 1 : stored;
      IndexChunk chunk =
          stored == IndexChunk.PACKED
              ? new IndexChunk(in.getLong(), index.endBytes, IndexChunk.decodeRun(in))
              : new IndexChunk(in, index.endBytes, size);
      if (index.chunkCount > 0) {
        index.chunks[index.chunkCount - 1].sealedSize = index.lastSize;
      }
      if (index.chunkCount == index.chunks.length) {
        index.chunks = Arrays.copyOf(index.chunks, index.chunkCount * 2);
      }
      index.chunks[index.chunkCount++] = chunk;
      index.lastSize = size;
      index.endBytes += in.getLong();
    }
    return index;
  }

  public Snapshot snapshot() {
    return new Snapshot(chunks, chunkCount, lastSize, endBytes);
  }

  /// Consecutive entries, both ends inclusive.
  public record Stretch(long firstEntry, long lastEntry) {}

  /// Sees runs in packs, each with those that lie directly before and behind it, if any.
  public interface RunsInRow {
    void visit(@Nullable PackedRun before, PackedRun run, @Nullable PackedRun behind);
  }

  /// The index as it was at one moment. An entry is named by `chunk << 32 | index`.
  public static final class Snapshot {
    public static final Snapshot EMPTY = new Snapshot(new IndexChunk[0], 0, 0, 0);
    public static final long NO_ENTRY = -1;

    private final IndexChunk[] chunks;
    private final int chunkCount;
    private final int lastSize;
    private final long endBytes;

    private Snapshot(IndexChunk[] chunks, int chunkCount, int lastSize, long endBytes) {
      this.chunks = chunks;
      this.chunkCount = chunkCount;
      this.lastSize = lastSize;
      this.endBytes = endBytes;
    }

    /// The last entry that starts at or below `seq`, or [#NO_ENTRY].
    public long floor(long seq) {
      int chunk = lastChunkFrom(seq);
      if (chunk < 0) {
        return NO_ENTRY;
      }
      IndexChunk in = chunks[chunk];
      return entry(chunk, Bisection.first(0, size(chunk), i -> in.firstSeq(i) <= seq) - 1);
    }

    private int lastChunkFrom(long seq) {
      return Bisection.first(0, chunkCount, i -> chunks[i].baseSeq <= seq) - 1;
    }

    /// The first entry with a record of time `ts` or later, or [#NO_ENTRY].
    public long since(long ts) {
      int chunk = Bisection.first(0, chunkCount, i -> lastTs(i) < ts);
      if (chunk == chunkCount) {
        return NO_ENTRY;
      }
      IndexChunk in = chunks[chunk];
      return entry(chunk, Bisection.first(0, size(chunk) - 1, i -> in.ts(i) < ts));
    }

    private long lastTs(int chunk) {
      PackedRun run = chunks[chunk].run;
      return run == null ? ts(entry(chunk, size(chunk) - 1)) : run.lastTs();
    }

    /// The entry of the first append, or [#NO_ENTRY].
    public long first() {
      return chunkCount == 0 ? NO_ENTRY : entry(0, 0);
    }

    /// The entry behind `entry`, or [#NO_ENTRY].
    public long next(long entry) {
      int chunk = chunkOf(entry);
      int index = (int) entry + 1;
      if (index < size(chunk)) {
        return entry(chunk, index);
      }
      return chunk + 1 < chunkCount ? entry(chunk + 1, 0) : NO_ENTRY;
    }

    public long firstSeq(long entry) {
      return chunks[chunkOf(entry)].firstSeq((int) entry);
    }

    public long ts(long entry) {
      return chunks[chunkOf(entry)].ts((int) entry);
    }

    public long position(long entry) {
      return chunks[chunkOf(entry)].position((int) entry);
    }

    /// Payload bytes of all appends before `entry`, from some fixed one on.
    public long bytesBefore(long entry) {
      return chunks[chunkOf(entry)].bytesBefore((int) entry);
    }

    /// Payload bytes of all appends up to `entry`, itself included.
    public long bytesThrough(long entry) {
      long next = next(entry);
      return next == NO_ENTRY ? endBytes : bytesBefore(next);
    }

    /// Payload bytes of all appends.
    public long bytes() {
      return endBytes;
    }

    /// The first entry of the chunk behind that of `entry`, or [#NO_ENTRY]: those of one chunk all
    /// lie in the journal, or in the same piece of memory.
    public long nextChunk(long entry) {
      int next = chunkOf(entry) + 1;
      return next < chunkCount ? entry(next, 0) : NO_ENTRY;
    }

    /// Where the append lies if it is not in the journal.
    public @Nullable MemorySegment memory(long entry) {
      return chunks[chunkOf(entry)].memory;
    }

    /// The run in a pack that the entry stands for; null if it is an append.
    public @Nullable PackedRun run(long entry) {
      return chunks[chunkOf(entry)].run;
    }

    /// The run that the entry stands for; it must be one.
    public PackedRun knownRun(long entry) {
      return Objects.requireNonNull(run(entry));
    }

    /// The runs in packs that reach to `earliest` or beyond, ascending: nobody reads others.
    public void runs(long earliest, Consumer<PackedRun> visitor) {
      runsInRow(earliest, (_, run, _) -> visitor.accept(run));
    }

    /// The same, with their neighbours among them.
    public void runsInRow(long earliest, RunsInRow visitor) {
      PackedRun before = null;
      PackedRun run = null;
      for (int next = 0; next <= chunkCount; next++) {
        PackedRun behind = next < chunkCount ? chunks[next].run : null;
        behind = behind != null && behind.lastSeq() >= earliest ? behind : null;
        if (run != null) {
          visitor.visit(before, run, behind);
        }
        before = run;
        run = behind;
      }
    }

    /// The first stretch of entries, from the chunk of `seq` on, that lie in files of the journal
    /// up to `file`, with nothing else between them; null if there is none.
    public @Nullable Stretch stretchInJournal(long seq, long file) {
      return stretch(
          Math.max(0, lastChunkFrom(seq)),
          i -> chunks[i].isInJournal() ? chunks[i].countThrough(file, size(i)) : 0);
    }

    /// The first stretch of at least `runsMin` runs, from the entry of `seq` on, that are `wanted`,
    /// with nothing else between them; null if there is none.
    public @Nullable Stretch stretchOfRuns(long seq, int runsMin, Predicate<PackedRun> wanted) {
      IntUnaryOperator isWanted =
          i -> {
            PackedRun run = chunks[i].run;
            return run != null && wanted.test(run) ? 1 : 0;
          };
      Stretch found = stretch(Math.max(0, lastChunkFrom(seq)), isWanted);
      while (found != null && runs(found) < runsMin) {
        found = stretch(chunkOf(found.lastEntry) + 1, isWanted);
      }
      return found;
    }

    /// How many runs are in a stretch of them: each is a chunk.
    private static int runs(Stretch stretch) {
      return chunkOf(stretch.lastEntry) - chunkOf(stretch.firstEntry) + 1;
    }

    /// @param from the first chunk that may be in it
    /// @param wanted how many entries of a chunk, the first ones, belong to a stretch
    private @Nullable Stretch stretch(int from, IntUnaryOperator wanted) {
      int first = from;
      while (first < chunkCount && wanted.applyAsInt(first) == 0) {
        first++;
      }
      Stretch found = null;
      for (int i = first; i < chunkCount; i++) {
        int count = wanted.applyAsInt(i);
        if (count > 0) {
          found = new Stretch(entry(first, 0), entry(i, count - 1));
        }
        if (count < size(i)) {
          break;
        }
      }
      return found;
    }

    /// The file of the journal that holds an append, -1 for what lies elsewhere.
    public long file(long entry) {
      IndexChunk chunk = chunks[chunkOf(entry)];
      return chunk.isInJournal() ? chunk.file((int) entry) : -1;
    }

    /// Writes what does not lie in memory and may live if nothing below `earliest` does.
    public void encode(StateWriter out, long earliest) throws IOException {
      long first = from(earliest);
      int count = 0;
      for (long entry = first; entry != NO_ENTRY; entry = nextPart(entry)) {
        count += memory(entry) == null ? 1 : 0;
      }
      out.putInt(count);
      for (long entry = first; entry != NO_ENTRY; entry = nextPart(entry)) {
        if (memory(entry) == null) {
          chunks[chunkOf(entry)].encode(out, (int) entry, endOfPart(entry));
          long next = nextPart(entry);
          out.putLong((next == NO_ENTRY ? endBytes : bytesBefore(next)) - bytesBefore(entry));
        }
      }
    }

    /// The first entry behind those that lie in the same file, piece of memory or run as `entry`,
    /// or [#NO_ENTRY].
    private long nextPart(long entry) {
      int chunk = chunkOf(entry);
      int end = endOfPart(entry);
      return end < size(chunk) ? entry(chunk, end) : nextChunk(entry);
    }

    private int endOfPart(long entry) {
      int chunk = chunkOf(entry);
      long file = file(entry);
      return file < 0 ? size(chunk) : chunks[chunk].countThrough(file, size(chunk));
    }

    /// The last entry that starts at or below `seq`, or the first one, or [#NO_ENTRY].
    private long from(long seq) {
      long entry = floor(seq);
      return entry == NO_ENTRY ? first() : entry;
    }

    /// The oldest journal file that holds an append from the one of `seq` on; `Long.MAX_VALUE` if
    /// there is none.
    public long oldestFile(long seq) {
      for (long entry = from(seq); entry != NO_ENTRY; entry = nextChunk(entry)) {
        long file = file(entry);
        if (file >= 0) {
          return file;
        }
      }
      return Long.MAX_VALUE;
    }

    /// The first seq from `seq` on that a chunk in memory reaches over; `Long.MAX_VALUE` if none
    /// does.
    public long firstInMemory(long seq) {
      for (int i = Math.max(0, lastChunkFrom(seq)); i < chunkCount; i++) {
        if (chunks[i].memory != null) {
          return Math.max(seq, chunks[i].baseSeq);
        }
      }
      return Long.MAX_VALUE;
    }

    /// The seqs from `first` to `last` that chunks in memory reach over, without bytes.
    public SeqRanges memoryFrom(long first, long last) {
      SeqRanges ranges = new SeqRanges();
      for (int i = Math.max(0, lastChunkFrom(first)); i < chunkCount; i++) {
        long end = i + 1 < chunkCount ? chunks[i + 1].baseSeq - 1 : last;
        if (chunks[i].memory != null && end >= first) {
          ranges.addRange(Math.max(first, chunks[i].baseSeq), end, 0);
        }
      }
      return ranges;
    }

    private int size(int chunk) {
      return chunk == chunkCount - 1 ? lastSize : chunks[chunk].sealedSize;
    }

    private static long entry(int chunk, int index) {
      return (long) chunk << 32 | index;
    }

    private static int chunkOf(long entry) {
      return (int) (entry >>> 32);
    }
  }
}
