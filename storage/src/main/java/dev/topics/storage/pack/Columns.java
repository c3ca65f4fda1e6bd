package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U16;
import static dev.topics.storage.pack.PackLayout.U32;
import static dev.topics.storage.pack.PackLayout.U64;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.storage.search.Bisection;
import java.lang.foreign.MemorySegment;

/// A view of the columns of a chunk. Reused: [#wrap] moves it.
///
/// ```text
///    0  8  owner                  8  8  first seq
///   16  8  first ts
///   24  4  records               28  4  bytes of the bodies
///   32  8  a byte for each column: bytes of a value, 1, 2 or 4, or 0 where all values are 0
///   40  4  nodes                 44  4  bytes of all nodes
///   48     crc32c of each block of 16 KiB of the bodies, 4 bytes each
///    …     the columns, a value for each record:
///          0 end of the body, from the start of the bodies
///          1 bytes of data and meta of this record and all before it
///          2 seq, less the first seq and the index of the record
///          3 ts, less the first ts
///          4 offset of the value of data in the body
///          5 offset of the value of meta in the body, 0 = none
///          6 1 + index of the node, 0 = none
///          7 1 + index of the tag, 0 = none
///    …     ends of the nodes, 4 bytes each; nodes back to back, in the order of their bytes
/// ```
final class Columns {
  static final int HEADER_BYTES = 48;
  static final int WIDTHS_AT = 32;
  static final int COUNT = 8;
  static final int BODY_END = 0;
  static final int PAYLOAD_END = 1;
  static final int SEQ_GAP = 2;
  static final int TS_DELTA = 3;
  static final int DATA_OFFSET = 4;
  static final int META_OFFSET = 5;
  static final int NODE = 6;
  static final int TAG = 7;

  private MemorySegment bytes = MemorySegment.NULL;
  private int count;
  private int bodyBytes;
  private long firstSeq;
  private long firstTs;
  private final int[] widths = new int[COUNT];
  private final long[] places = new long[COUNT];
  private final Texts nodes = new Texts();
  private final ColumnValues values = new ColumnValues();

  /// Looks at columns; fails with [IllegalArgumentException] if they cannot be those of a chunk.
  Columns wrap(MemorySegment bytes, long owner, ChunkTable table, int chunk) {
    this.bytes = bytes;
    boolean header =
        bytes.byteSize() >= HEADER_BYTES
            && bytes.get(U64, 0) == owner
            && bytes.get(U64, 8) == table.firstSeq(chunk)
            && bytes.get(U32, 24) == table.count(chunk)
            && bytes.get(U32, 28) == table.bodyBytes(chunk);
    if (!header) {
      throw new IllegalArgumentException("the columns belong to another chunk");
    }
    firstSeq = bytes.get(U64, 8);
    firstTs = bytes.get(U64, 16);
    count = bytes.get(U32, 24);
    bodyBytes = bytes.get(U32, 28);
    long at = HEADER_BYTES + (long) PackLayout.blocks(bodyBytes) * Integer.BYTES;
    for (int i = 0; i < COUNT; i++) {
      widths[i] = bytes.get(JAVA_BYTE, WIDTHS_AT + i);
      places[i] = at;
      at += (long) widths[i] * count;
      if (widths[i] < 0 || widths[i] > 4 || widths[i] == 3) {
        throw new IllegalArgumentException("the columns make no sense");
      }
    }
    long end = nodes.wrap(bytes, at, bytes.get(U32, 40), bytes.get(U32, 44));
    if (end != bytes.byteSize()) {
      throw new IllegalArgumentException("the columns make no sense");
    }
    return this;
  }

  /// Looks at every value; fails with [IllegalArgumentException] if they cannot all be right. After
  /// that, all answers are within their bounds.
  void check(ChunkTable table, int chunk) {
    checkSeqsAndBytes(table, chunk);
    boolean ok =
        nodes.areWithin(values)
            && nodes.areInOrder()
            && firstTs >= table.lastTsBefore(chunk)
            && rises(BODY_END, -1, 2)
            && rises(TS_DELTA, 0, 0)
            && isWithin(DATA_OFFSET, Integer.MAX_VALUE)
            && isWithin(META_OFFSET, Integer.MAX_VALUE)
            && isWithin(NODE, nodes.count())
            && isWithin(TAG, Integer.MAX_VALUE);
    int last = count - 1;
    if (!ok || bodyEnd(last) != bodyBytes || ts(last) != table.lastTs(chunk)) {
      throw new IllegalArgumentException("the columns make no sense");
    }
  }

  /// The same for the seqs and the sums of bytes alone: after that, each record has another seq of
  /// the chunk, and no record has less than no bytes.
  void checkSeqsAndBytes(ChunkTable table, int chunk) {
    boolean ok = rises(PAYLOAD_END, 0, 0) && rises(SEQ_GAP, 0, 0);
    if (!ok || seq(count - 1) != table.lastSeq(chunk)) {
      throw new IllegalArgumentException("the columns make no sense");
    }
  }

  /// Whether each value is at least `step` above the one before it, and the first one above
  /// `before`, which is not above 0.
  private boolean rises(int column, int before, int step) {
    return widths[column] == 0 ? step == 0 : values(column).rise(before + step, step);
  }

  /// Whether no value is below 0 or above `most`. A narrow column cannot hold what is.
  private boolean isWithin(int column, int most) {
    if (widths[column] < Integer.BYTES && most >= (1 << (Byte.SIZE * widths[column])) - 1) {
      return true;
    }
    return values(column).areWithin(most);
  }

  /// All values of a column, until somebody asks for those of another one.
  ColumnValues values(int column) {
    return values.load(bytes, places[column], widths[column], count);
  }

  int count() {
    return count;
  }

  int bodyBytes() {
    return bodyBytes;
  }

  /// Distinct nodes of the chunk.
  Texts nodes() {
    return nodes;
  }

  int blockCrc(int block) {
    return bytes.get(U32, HEADER_BYTES + (long) block * Integer.BYTES);
  }

  /// The value of record `i`.
  int value(int column, int i) {
    long at = places[column];
    return switch (widths[column]) {
      case 0 -> 0;
      case 1 -> bytes.get(JAVA_BYTE, at + i) & 0xFF;
      case 2 -> bytes.get(U16, at + 2L * i) & 0xFFFF;
      default -> bytes.get(U32, at + 4L * i);
    };
  }

  int bodyStart(int i) {
    return i == 0 ? 0 : value(BODY_END, i - 1) + 1;
  }

  int bodyEnd(int i) {
    return value(BODY_END, i);
  }

  /// Bytes of data and meta of the records before record `i`.
  int payloadBefore(int i) {
    return i == 0 ? 0 : value(PAYLOAD_END, i - 1);
  }

  long seq(int i) {
    return firstSeq + i + value(SEQ_GAP, i);
  }

  long ts(int i) {
    return firstTs + value(TS_DELTA, i);
  }

  /// The first record at or above `seq`; [#count] if there is none.
  int indexOf(long seq) {
    return Bisection.first(0, count, i -> seq(i) < seq);
  }

  /// The first record of time `ts` or later; [#count] if there is none.
  int indexSince(long ts) {
    return Bisection.first(0, count, i -> ts(i) < ts);
  }

  /// The first record in `[first, end)` whose body ends behind `limit`; `end` if there is none.
  int firstBeyond(int first, int end, long limit) {
    return Bisection.first(first, end, i -> bodyEnd(i) <= limit);
  }

  /// Records that have a tag.
  int tagged() {
    return values(TAG).present();
  }

  /// The first record of which a block of the bodies has bytes.
  int firstOfBlock(int block) {
    return Math.min(count - 1, firstBeyond(0, count, (long) block * PackLayout.BLOCK_BYTES));
  }

  /// The last record of which a block of the bodies has bytes.
  int lastOfBlock(int block) {
    long end = Math.min(bodyBytes, (block + 1L) * PackLayout.BLOCK_BYTES);
    return Math.min(count - 1, firstBeyond(0, count, end - 2));
  }
}
