package dev.topics.engine.index;

import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.search.Bisection;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Consecutive appends in some files of the journal that follow each other, or all in one piece of
/// memory, which goes with the chunks that speak of it; or a run in a pack. What an entry holds
/// counts from the base values, and lies together: an append to a topic that has rested touches one
/// array, and makes no chunk of its own for each file.
public final class IndexChunk {
  /// A position has the number of its file in the bits from here on.
  private static final int FILE_SHIFT = 32;

  /// Positions are multiples of this.
  private static final int ALIGNMENT = 8;

  /// The place of an entry has the file in the bits from here on, counted from the first, and below
  /// them the offset in it divided by [#ALIGNMENT].
  private static final int PLACE_FILE_SHIFT = 28;

  private static final int OFFSET_MASK = (1 << PLACE_FILE_SHIFT) - 1;
  private static final int FILES_MAX = 1 << (Integer.SIZE - 1 - PLACE_FILE_SHIFT);

  /// The position of what does not lie in the journal.
  private static final long NO_POSITION = -1;

  // Where the values of an entry lie, and how many there are.
  private static final int SEQ = 0;
  private static final int TIME = 1;
  private static final int PLACE = 2;
  private static final int BYTES = 3;
  private static final int VALUES = 4;

  /// In a checkpoint, in place of the number of entries: a run in a pack follows.
  static final int PACKED = -1;

  /// The one entry of a run.
  private static final int[] ONE_ENTRY = new int[VALUES];

  final long baseSeq;
  final long baseTs;
  final long basePosition;
  final long baseBytes;
  final @Nullable MemorySegment memory;
  final @Nullable PackedRun run;
  private final int[] entries;
  int sealedSize;

  private IndexChunk(
      IndexChunk like,
      long baseSeq,
      long baseTs,
      long basePosition,
      long baseBytes,
      int[] entries,
      int sealedSize) {
    this.baseSeq = baseSeq;
    this.baseTs = baseTs;
    this.basePosition = basePosition;
    this.baseBytes = baseBytes;
    this.memory = like.memory;
    this.run = like.run;
    this.entries = entries;
    this.sealedSize = sealedSize;
  }

  /// A chunk that begins with an append at `position`.
  IndexChunk(
      long baseSeq,
      long baseTs,
      long position,
      long baseBytes,
      @Nullable MemorySegment memory,
      int capacity) {
    this.baseSeq = baseSeq;
    this.baseTs = baseTs;
    this.basePosition = position >>> FILE_SHIFT << FILE_SHIFT;
    this.baseBytes = baseBytes;
    this.memory = memory;
    run = null;
    entries = new int[capacity * VALUES];
  }

  /// A run, in the place of appends that began with `firstSeq`.
  IndexChunk(long firstSeq, long baseBytes, PackedRun run) {
    baseSeq = firstSeq;
    baseTs = run.firstTs();
    basePosition = NO_POSITION;
    this.baseBytes = baseBytes;
    memory = null;
    this.run = run;
    entries = ONE_ENTRY;
    sealedSize = 1;
  }

  IndexChunk(StateReader in, long baseBytes, int size) {
    baseSeq = in.getLong();
    baseTs = in.getLong();
    basePosition = in.getLong();
    this.baseBytes = baseBytes;
    memory = null;
    run = null;
    entries = new int[size * VALUES];
    for (int value = 0; value < VALUES; value++) {
      in.getGrowing(entries, value, VALUES, size);
    }
    for (int at = PLACE; at < entries.length; at += VALUES) {
      entries[at] /= ALIGNMENT;
    }
  }

  /// The same with room for `capacity` entries.
  IndexChunk withCapacity(int capacity) {
    int[] more = Arrays.copyOf(entries, capacity * VALUES);
    return new IndexChunk(this, baseSeq, baseTs, basePosition, baseBytes, more, sealedSize);
  }

  /// The same, where other bytes lie before it.
  IndexChunk behind(long bytesBefore) {
    return new IndexChunk(this, baseSeq, baseTs, basePosition, bytesBefore, entries, sealedSize);
  }

  /// The entries from `start` to `end`, exclusive; some.
  IndexChunk part(int start, int end) {
    int[] some = Arrays.copyOfRange(entries, start * VALUES, end * VALUES);
    int seqs = some[SEQ];
    int times = some[TIME];
    int bytes = some[BYTES];
    int files = some[PLACE] >>> PLACE_FILE_SHIFT;
    for (int at = 0; at < some.length; at += VALUES) {
      some[at + SEQ] -= seqs;
      some[at + TIME] -= times;
      some[at + PLACE] -= files << PLACE_FILE_SHIFT;
      some[at + BYTES] -= bytes;
    }
    return new IndexChunk(
        this,
        baseSeq + seqs,
        baseTs + times,
        basePosition + ((long) files << FILE_SHIFT),
        baseBytes + bytes,
        some,
        end - start);
  }

  /// How many entries there is room for.
  int capacity() {
    return entries.length / VALUES;
  }

  /// Sets entry `i`, which nobody sees yet.
  void set(int i, long firstSeq, long ts, long position, long bytesBefore) {
    int at = i * VALUES;
    entries[at + SEQ] = (int) (firstSeq - baseSeq);
    entries[at + TIME] = (int) (ts - baseTs);
    entries[at + PLACE] = place(position);
    entries[at + BYTES] = (int) (bytesBefore - baseBytes);
  }

  private int place(long position) {
    int files = (int) (file(position) - file(basePosition));
    return files << PLACE_FILE_SHIFT | (int) position / ALIGNMENT;
  }

  long firstSeq(int i) {
    return baseSeq + entries[i * VALUES + SEQ];
  }

  long ts(int i) {
    return baseTs + entries[i * VALUES + TIME];
  }

  long position(int i) {
    return (file(i) << FILE_SHIFT) + offset(i);
  }

  private int offset(int i) {
    return (entries[i * VALUES + PLACE] & OFFSET_MASK) * ALIGNMENT;
  }

  /// The file of the journal that holds entry `i`.
  long file(int i) {
    return file(basePosition) + (entries[i * VALUES + PLACE] >>> PLACE_FILE_SHIFT);
  }

  /// Payload bytes of all appends before entry `i`, from some fixed one on.
  long bytesBefore(int i) {
    return baseBytes + entries[i * VALUES + BYTES];
  }

  /// How many of the `size` entries begin below `seq`.
  int countBelow(long seq, int size) {
    return Bisection.first(0, size, i -> firstSeq(i) < seq);
  }

  /// The first seq in the file of the append of `seq`, which is one of the `size`; that of the
  /// chunk if all lie in one file, or elsewhere.
  long firstSeqOfFile(long seq, int size) {
    if (!isInJournal() || file(0) == file(size - 1)) {
      return baseSeq;
    }
    long file = file(countBelow(seq + 1, size) - 1);
    return firstSeq(countThrough(file - 1, size));
  }

  /// How many of the `size` entries lie in files up to `file`.
  int countThrough(long file, int size) {
    return Bisection.first(0, size, i -> file(i) <= file);
  }

  /// The file of the journal that holds `position`.
  public static long file(long position) {
    return position >>> FILE_SHIFT;
  }

  boolean isInJournal() {
    return memory == null && run == null;
  }

  /// Writes the entries from `start` to `end`, exclusive, which lie in one file, or the run. All
  /// values of one kind follow each other.
  void encode(StateWriter out, int start, int end) throws IOException {
    if (run != null) {
      out.putInt(PACKED);
      out.putLong(baseSeq);
      encodeRun(run, out);
      return;
    }
    IndexChunk part = part(start, end);
    int size = end - start;
    out.putInt(size);
    out.putLong(part.baseSeq);
    out.putLong(part.baseTs);
    out.putLong(part.basePosition);
    for (int at = PLACE; at < part.entries.length; at += VALUES) {
      part.entries[at] *= ALIGNMENT;
    }
    for (int value = 0; value < VALUES; value++) {
      out.putGrowing(part.entries, value, VALUES, size);
    }
  }

  /// Whether an append may follow the entries, none of which lies in a later file.
  boolean takes(long seq, long ts, long position, long bytesBefore, @Nullable MemorySegment from) {
    long files = file(position) - file(basePosition);
    return run == null
        && Objects.equals(memory, from)
        && files >= 0
        && files < FILES_MAX
        && seq - baseSeq <= Integer.MAX_VALUE
        && ts - baseTs <= Integer.MAX_VALUE
        && bytesBefore - baseBytes <= Integer.MAX_VALUE;
  }

  /// Writes a run into a checkpoint: the fields of a PACK_INSTALL, with its topic 8 after the index
  /// 4.
  private static void encodeRun(PackedRun run, StateWriter out) throws IOException {
    out.putLong(run.pack());
    out.putInt(run.index());
    out.putLong(run.owner());
    out.putLong(run.firstSeq());
    out.putLong(run.lastSeq());
    out.putLong(run.count());
    out.putLong(run.payloadBytes());
    out.putLong(run.bodyBytes());
    out.putLong(run.firstTs());
    out.putLong(run.lastTs());
  }

  /// Reads a run of a checkpoint.
  static PackedRun decodeRun(StateReader in) {
    return new PackedRun(
        in.getLong(),
        in.getInt(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong(),
        in.getLong());
  }
}
