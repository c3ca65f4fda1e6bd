package dev.topics.engine.index;

import dev.topics.storage.pack.PackedRun;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Consecutive appends in one file of the journal, or all in one piece of memory, which goes with
/// the chunks that speak of it; or a run in a pack. What an entry holds counts from the base
/// values, and lies together: an append to a topic that has rested touches one array.
public final class IndexChunk {
  /// A position has the number of its file in the bits from here on.
  private static final int FILE_SHIFT = 32;

  /// The position of what does not lie in the journal.
  private static final long NO_POSITION = -1;

  // Where the values of an entry lie, and how many there are.
  private static final int SEQ = 0;
  private static final int TIME = 1;
  private static final int OFFSET = 2;
  private static final int BYTES = 3;
  private static final int VALUES = 4;

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

  private IndexChunk(IndexChunk like, long baseSeq, long baseBytes, int[] entries, int sealedSize) {
    this.baseSeq = baseSeq;
    this.baseTs = like.baseTs;
    this.basePosition = like.basePosition;
    this.baseBytes = baseBytes;
    this.memory = like.memory;
    this.run = like.run;
    this.entries = entries;
    this.sealedSize = sealedSize;
  }

  IndexChunk(
      long baseSeq,
      long baseTs,
      long basePosition,
      long baseBytes,
      @Nullable MemorySegment memory,
      int capacity) {
    this.baseSeq = baseSeq;
    this.baseTs = baseTs;
    this.basePosition = basePosition;
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
  }

  /// The same with room for `capacity` entries.
  IndexChunk withCapacity(int capacity) {
    return new IndexChunk(
        this, baseSeq, baseBytes, Arrays.copyOf(entries, capacity * VALUES), sealedSize);
  }

  /// The same, where other bytes lie before it.
  IndexChunk behind(long bytesBefore) {
    return new IndexChunk(this, baseSeq, bytesBefore, entries, sealedSize);
  }

  /// The entries from `start` to `end`, exclusive; some.
  IndexChunk part(int start, int end) {
    int[] some = Arrays.copyOfRange(entries, start * VALUES, end * VALUES);
    int seqs = some[SEQ];
    int bytes = some[BYTES];
    for (int at = 0; at < some.length; at += VALUES) {
      some[at + SEQ] -= seqs;
      some[at + BYTES] -= bytes;
    }
    return new IndexChunk(this, baseSeq + seqs, baseBytes + bytes, some, end - start);
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
    entries[at + OFFSET] = (int) (position - basePosition);
    entries[at + BYTES] = (int) (bytesBefore - baseBytes);
  }

  long firstSeq(int i) {
    return baseSeq + entries[i * VALUES + SEQ];
  }

  long ts(int i) {
    return baseTs + entries[i * VALUES + TIME];
  }

  long position(int i) {
    return basePosition + entries[i * VALUES + OFFSET];
  }

  /// Payload bytes of all appends before entry `i`, from some fixed one on.
  long bytesBefore(int i) {
    return baseBytes + entries[i * VALUES + BYTES];
  }

  /// How many of the `size` entries begin below `seq`.
  int countBelow(long seq, int size) {
    int count = 0;
    while (count < size && firstSeq(count) < seq) {
      count++;
    }
    return count;
  }

  /// The position of the start of the file that holds `position`.
  static long filePosition(long position) {
    return position >>> FILE_SHIFT << FILE_SHIFT;
  }

  /// The file of the journal that holds `position`.
  public static long file(long position) {
    return position >>> FILE_SHIFT;
  }

  /// The file of the journal that holds the appends.
  long file() {
    return basePosition >>> FILE_SHIFT;
  }

  boolean isInJournal() {
    return memory == null && run == null;
  }

  /// All values of one kind follow each other.
  void encode(StateWriter out, int size) throws IOException {
    out.putInt(size);
    out.putLong(baseSeq);
    out.putLong(baseTs);
    out.putLong(basePosition);
    for (int value = 0; value < VALUES; value++) {
      out.putGrowing(entries, value, VALUES, size);
    }
  }

  boolean takes(long seq, long ts, long position, long bytesBefore, @Nullable MemorySegment from) {
    return Objects.equals(memory, from)
        && filePosition(position) == basePosition
        && seq - baseSeq <= Integer.MAX_VALUE
        && ts - baseTs <= Integer.MAX_VALUE
        && bytesBefore - baseBytes <= Integer.MAX_VALUE;
  }

  /// Writes a run into a checkpoint: the fields of a PACK_INSTALL, with its topic 8 after the index
  /// 4.
  static void encodeRun(PackedRun run, StateWriter out) throws IOException {
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
