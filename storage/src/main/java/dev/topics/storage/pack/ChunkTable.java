package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U32;
import static dev.topics.storage.pack.PackLayout.U64;

import dev.topics.storage.search.Bisection;
import java.lang.foreign.MemorySegment;

/// The table of the chunks of a run.
///
/// ```text
/// an entry, for each chunk
///    0  8  first seq            8  8  last seq
///   16  8  records of the run before this chunk
///   24  8  bytes of data and meta of those records
///   32  8  last ts
///   40  8  offset of the bodies; the columns follow them, then the tags
///   48  4  bytes of the bodies
///   52  4  bytes of the columns     56  4  crc32c of the columns
///   60  4  bytes of the tags        64  4  crc32c of the tags
///   68  4  0
/// ```
final class ChunkTable {
  static final int ENTRY_BYTES = 72;

  private final MemorySegment table;
  private final int chunks;
  private final PackedRun run;

  private ChunkTable(MemorySegment table, int chunks, PackedRun run) {
    this.table = table;
    this.chunks = chunks;
    this.run = run;
  }

  /// Looks at a table; fails with [IllegalArgumentException] if it cannot be that of `entry`.
  static ChunkTable of(MemorySegment bytes, RunEntry entry) {
    ChunkTable table = new ChunkTable(bytes, entry.chunks(), entry.run());
    for (int i = 0; i < table.chunks; i++) {
      if (!table.isPlausible(i, entry.tableAt())) {
        throw new IllegalArgumentException("the table of the chunks makes no sense");
      }
    }
    return table;
  }

  private boolean isPlausible(int i, long endOffset) {
    boolean first = i == 0;
    long previousSeq = first ? run.firstSeq() - 1 : lastSeq(i - 1);
    long bytes = (long) bodyBytes(i) + columnBytes(i) + tagBytes(i);
    boolean sizes = bodyBytes(i) > 0 && columnBytes(i) > 0 && tagBytes(i) >= 0;
    long previousEnd = first ? Seal.BYTES : tagsAt(i - 1) + tagBytes(i - 1);
    boolean place = bodiesAt(i) >= previousEnd && bodiesAt(i) <= endOffset - bytes;
    long next = i + 1 < chunks ? recordsBefore(i + 1) : run.count();
    long before = recordsBefore(i);
    boolean records =
        (first ? before == 0 : before > 0)
            && next > before
            && next - before <= PackLayout.CHUNK_RECORDS_MAX;
    boolean seqs =
        firstSeq(i) > previousSeq
            && lastSeq(i) <= run.lastSeq()
            && lastSeq(i) - firstSeq(i) >= next - before - 1;
    return sizes && place && records && seqs;
  }

  int chunks() {
    return chunks;
  }

  long firstSeq(int i) {
    return table.get(U64, at(i));
  }

  long lastSeq(int i) {
    return table.get(U64, at(i) + 8);
  }

  long recordsBefore(int i) {
    return table.get(U64, at(i) + 16);
  }

  long payloadBefore(int i) {
    return table.get(U64, at(i) + 24);
  }

  long lastTs(int i) {
    return table.get(U64, at(i) + 32);
  }

  /// The last ts of the chunk before, or the first one of the run.
  long lastTsBefore(int i) {
    return i == 0 ? run.firstTs() : lastTs(i - 1);
  }

  long bodiesAt(int i) {
    return table.get(U64, at(i) + 40);
  }

  int bodyBytes(int i) {
    return table.get(U32, at(i) + 48);
  }

  long columnsAt(int i) {
    return bodiesAt(i) + bodyBytes(i);
  }

  int columnBytes(int i) {
    return table.get(U32, at(i) + 52);
  }

  int columnsCrc(int i) {
    return table.get(U32, at(i) + 56);
  }

  long tagsAt(int i) {
    return columnsAt(i) + columnBytes(i);
  }

  int tagBytes(int i) {
    return table.get(U32, at(i) + 60);
  }

  int tagsCrc(int i) {
    return table.get(U32, at(i) + 64);
  }

  int count(int i) {
    long next = i + 1 < chunks ? recordsBefore(i + 1) : run.count();
    return (int) (next - recordsBefore(i));
  }

  /// The chunk that holds record `index` of the run.
  int chunkOf(long index) {
    return Bisection.first(1, chunks, i -> recordsBefore(i) <= index) - 1;
  }

  /// The first chunk that ends at or above `seq`; [#chunks] if there is none.
  int chunkEndingFrom(long seq) {
    return Bisection.first(0, chunks, i -> lastSeq(i) < seq);
  }

  /// The first chunk with a record of time `ts` or later; [#chunks] if there is none.
  int chunkSince(long ts) {
    return Bisection.first(0, chunks, i -> lastTs(i) < ts);
  }

  private static long at(int i) {
    return (long) i * ENTRY_BYTES;
  }

  /// Writes the entry of a chunk, but for where it is.
  static void write(
      MemorySegment to, long at, ChunkBuilder chunk, long recordsBefore, long payloadBefore) {
    to.set(U64, at, chunk.firstSeq());
    to.set(U64, at + 8, chunk.lastSeq());
    to.set(U64, at + 16, recordsBefore);
    to.set(U64, at + 24, payloadBefore);
    to.set(U64, at + 32, chunk.lastTs());
    to.set(U32, at + 48, chunk.bodyBytes());
    to.set(U32, at + 68, 0);
  }

  /// Writes where a chunk is, whose columns and tags are `index`.
  static void writePlaces(
      MemorySegment to, long at, long bodiesAt, MemorySegment index, int columnBytes) {
    int tagBytes = (int) index.byteSize() - columnBytes;
    to.set(U64, at + 40, bodiesAt);
    to.set(U32, at + 52, columnBytes);
    to.set(U32, at + 56, PackLayout.crc(index, 0, columnBytes));
    to.set(U32, at + 60, tagBytes);
    to.set(U32, at + 64, PackLayout.crc(index, columnBytes, tagBytes));
  }
}
