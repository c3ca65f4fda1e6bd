package dev.topics.engine.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.record.OperationLayout.Append;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A view of the records of one append where they are stored. Reused: [#wrap] moves it.
public final class AppendBlock {
  private MemorySegment segment = MemorySegment.NULL;
  private long start;
  private long table;
  private long tags;
  private long bodies;
  private long firstSeq;
  private int count;

  public AppendBlock() {}

  /// Looks at the APPEND operation that starts at `offset` of `segment`.
  public AppendBlock wrap(MemorySegment segment, long offset) {
    this.segment = segment;
    start = offset;
    firstSeq = Append.firstSeq(segment, offset);
    count = Append.count(segment, offset);
    table = offset + Append.TABLE;
    tags = table + (long) count * Append.ENTRY_BYTES;
    bodies = tags + Append.tagBytes(segment, offset);
    return this;
  }

  public MemorySegment segment() {
    return segment;
  }

  public long firstSeq() {
    return firstSeq;
  }

  public long lastSeq() {
    return firstSeq + count - 1;
  }

  public int count() {
    return count;
  }

  public long ts() {
    return Append.ts(segment, start);
  }

  /// Bytes of data and meta of all records together.
  public long payloadBytes() {
    return Append.payloadBytes(segment, start);
  }

  public boolean hasTags() {
    return Append.tagBytes(segment, start) > 0 || Append.hasTags(segment, start);
  }

  /// Where the body of record `i` starts in [#segment].
  public long bodyStart(int i) {
    return i == 0 ? bodies : bodies + Append.bodyEnd(segment, table, i - 1) + 1;
  }

  /// The end of the body of record `i`, exclusive.
  public long bodyEnd(int i) {
    return bodies + Append.bodyEnd(segment, table, i);
  }

  /// Where the value of `data` starts, from the start of the body.
  public int dataOffset(int i) {
    return Append.dataOffset(segment, table, i);
  }

  /// Where the value of `meta` starts, from the start of the body; 0 if there is none.
  public int metaOffset(int i) {
    return Append.metaOffset(segment, table, i);
  }

  /// Bytes of data and meta of record `i`.
  public int payloadBytes(int i) {
    int inner = (int) (bodyEnd(i) - bodyStart(i)) - 1 - dataOffset(i);
    return metaOffset(i) == 0 ? inner : inner - RecordEncoder.META_FIELD.length;
  }

  public boolean hasNode(int i) {
    return Append.nodeLength(segment, table, i) != Append.NO_NODE;
  }

  /// Bytes between the quotes of the node of record `i`.
  public int nodeLength(int i) {
    return Append.nodeLength(segment, table, i);
  }

  /// Where the inside of the node string of record `i` starts in [#segment].
  public long nodeStart(int i) {
    return bodyStart(i) + dataOffset(i) - RecordEncoder.DATA_FIELD.length - 1 - nodeLength(i);
  }

  public boolean hasTag(int i) {
    return (Append.tagEnd(segment, table, i) & Append.TAG_PRESENT) != 0;
  }

  /// Where the tag of record `i`, decoded, starts in [#segment].
  long tagStart(int i) {
    return i == 0 ? tags : tags + (Append.tagEnd(segment, table, i - 1) & ~Append.TAG_PRESENT);
  }

  int tagLength(int i) {
    return (int) (tags + (Append.tagEnd(segment, table, i) & ~Append.TAG_PRESENT) - tagStart(i));
  }

  public String tag(int i) {
    byte[] bytes = new byte[tagLength(i)];
    MemorySegment.copy(segment, JAVA_BYTE, tagStart(i), bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
