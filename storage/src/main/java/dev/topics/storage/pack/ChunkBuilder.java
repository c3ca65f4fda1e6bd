package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U16;
import static dev.topics.storage.pack.PackLayout.U32;
import static dev.topics.storage.pack.PackLayout.U64;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/// Collects the records of a chunk, then writes its columns and its tags. Reused.
///
/// **Threading** One thread at a time.
final class ChunkBuilder implements AutoCloseable {
  private static final int COLUMNS = Columns.COUNT;

  private final PackOptions options;
  private final NativeBuffer bodies = new NativeBuffer();
  private final NativeBuffer index = new NativeBuffer();
  private final int[][] values = new int[COLUMNS][PackLayout.CHUNK_RECORDS_MAX];
  private final DictionaryBuilder nodes = new DictionaryBuilder();
  private final DictionaryBuilder tags = new DictionaryBuilder();
  private int count;
  private int tagged;
  private int bodyBytes;
  private int payloadBytes;
  private long firstSeq;
  private long lastSeq;
  private long firstTs;
  private long lastTs;
  private int columnBytes;

  ChunkBuilder(PackOptions options) {
    this.options = options;
  }

  int count() {
    return count;
  }

  long firstSeq() {
    return firstSeq;
  }

  long lastSeq() {
    return lastSeq;
  }

  long firstTs() {
    return firstTs;
  }

  long lastTs() {
    return lastTs;
  }

  int bodyBytes() {
    return bodyBytes;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  /// The bodies collected so far, joined by commas.
  MemorySegment bodies() {
    return bodies.segment().asSlice(0, bodyBytes);
  }

  boolean hasRoomFor(PackRecord record) {
    return count == 0
        || (count < options.chunkRecords()
            && (long) bodyBytes + 1 + record.bodyBytes <= options.chunkBodyBytes()
            && record.seq - firstSeq <= Integer.MAX_VALUE
            && record.ts - firstTs <= Integer.MAX_VALUE);
  }

  void add(PackRecord record) {
    if (count == 0) {
      firstSeq = record.seq;
      firstTs = record.ts;
    }
    lastSeq = record.seq;
    lastTs = record.ts;
    int start = count == 0 ? 0 : bodyBytes + 1;
    int end = Math.addExact(start, record.bodyBytes);
    MemorySegment to = bodies.ensure(end, bodyBytes);
    if (count > 0) {
      to.set(JAVA_BYTE, bodyBytes, (byte) ',');
    }
    MemorySegment.copy(record.body, record.bodyAt, to, start, record.bodyBytes);
    bodyBytes = end;
    payloadBytes += record.payloadBytes;
    values[Columns.BODY_END][count] = end;
    values[Columns.PAYLOAD_END][count] = payloadBytes;
    values[Columns.SEQ_GAP][count] = (int) (record.seq - firstSeq) - count;
    values[Columns.TS_DELTA][count] = (int) (record.ts - firstTs);
    values[Columns.DATA_OFFSET][count] = record.dataOffset;
    values[Columns.META_OFFSET][count] = record.metaOffset;
    values[Columns.NODE][count] = id(nodes, record.node, record.nodeAt, record.nodeBytes);
    values[Columns.TAG][count] = id(tags, record.tag, record.tagAt, record.tagBytes);
    tagged += record.tagBytes == PackRecord.NONE ? 0 : 1;
    count++;
  }

  private static int id(DictionaryBuilder texts, MemorySegment from, long at, int bytes) {
    return bytes == PackRecord.NONE ? 0 : texts.add(from, at, bytes) + 1;
  }

  void clear() {
    count = 0;
    tagged = 0;
    bodyBytes = 0;
    payloadBytes = 0;
    nodes.clear();
    tags.clear();
    bodies.shrink();
    index.shrink();
  }

  /// Bytes of the columns; the rest of what [#encodeIndex] answered are the tags.
  int columnBytes() {
    return columnBytes;
  }

  /// Writes columns and tags.
  MemorySegment encodeIndex(long owner) {
    rankAll(nodes, values[Columns.NODE]);
    rankAll(tags, values[Columns.TAG]);
    int[] widths = new int[COLUMNS];
    long bytes = Columns.HEADER_BYTES + (long) PackLayout.blocks(bodyBytes) * Integer.BYTES;
    for (int i = 0; i < COLUMNS; i++) {
      widths[i] = width(values[i]);
      bytes += (long) widths[i] * count;
    }
    bytes += (long) nodes.distinct() * Integer.BYTES + nodes.distinctBytes();
    columnBytes = Math.toIntExact(bytes);
    long all = bytes + (tagged == 0 ? 0 : TagColumn.bytes(tags, tagged));
    MemorySegment to = index.ensure(all, 0).asSlice(0, all);
    writeColumns(to, owner, widths);
    if (tagged > 0) {
      TagColumn.write(to, columnBytes, tags, tagged, values[Columns.TAG], count);
    }
    return to;
  }

  private void rankAll(DictionaryBuilder texts, int[] ids) {
    texts.sort();
    for (int i = 0; i < count; i++) {
      ids[i] = ids[i] == 0 ? 0 : texts.rank(ids[i] - 1) + 1;
    }
  }

  private int width(int[] column) {
    int all = 0;
    for (int i = 0; i < count; i++) {
      all |= column[i];
    }
    if (all == 0) {
      return 0;
    }
    return all >>> 8 == 0 ? 1 : all >>> 16 == 0 ? 2 : 4;
  }

  private void writeColumns(MemorySegment to, long owner, int[] widths) {
    to.set(U64, 0, owner);
    to.set(U64, 8, firstSeq);
    to.set(U64, 16, firstTs);
    to.set(U32, 24, count);
    to.set(U32, 28, bodyBytes);
    for (int i = 0; i < COLUMNS; i++) {
      to.set(JAVA_BYTE, Columns.WIDTHS_AT + i, (byte) widths[i]);
    }
    to.set(U32, 40, nodes.distinct());
    to.set(U32, 44, nodes.distinctBytes());
    long at = Columns.HEADER_BYTES;
    for (int block = 0; block < bodyBytes; block += PackLayout.BLOCK_BYTES) {
      int length = Math.min(PackLayout.BLOCK_BYTES, bodyBytes - block);
      to.set(U32, at, PackLayout.crc(bodies.segment(), block, length));
      at += Integer.BYTES;
    }
    for (int i = 0; i < COLUMNS; i++) {
      at = writeColumn(to, at, values[i], widths[i]);
    }
    nodes.write(to, at);
  }

  private long writeColumn(MemorySegment to, long at, int[] column, int width) {
    for (int i = 0; i < count && width > 0; i++) {
      long place = at + (long) i * width;
      if (width == 1) {
        to.set(JAVA_BYTE, place, (byte) column[i]);
      } else if (width == 2) {
        to.set(U16, place, (short) column[i]);
      } else {
        to.set(U32, place, column[i]);
      }
    }
    return at + (long) count * width;
  }

  @Override
  public void close() {
    bodies.close();
    index.close();
  }
}
