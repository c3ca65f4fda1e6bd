package dev.topics.engine.topic;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.topic.OperationLayout.Append;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// A view of the records of one append where they are stored. Reused: [#wrap] moves it.
final class AppendBlock {
  private MemorySegment segment = MemorySegment.NULL;
  private long start;
  private long table;
  private long tags;
  private long bodies;
  private long firstSeq;
  private int count;

  /// Looks at the APPEND operation that starts at `offset` of `segment`.
  AppendBlock wrap(MemorySegment segment, long offset) {
    this.segment = segment;
    start = offset;
    firstSeq = Append.firstSeq(segment, offset);
    count = Append.count(segment, offset);
    table = offset + Append.TABLE;
    tags = table + (long) count * Append.ENTRY_BYTES;
    bodies = tags + Append.tagBytes(segment, offset);
    return this;
  }

  MemorySegment segment() {
    return segment;
  }

  long firstSeq() {
    return firstSeq;
  }

  long lastSeq() {
    return firstSeq + count - 1;
  }

  int count() {
    return count;
  }

  long ts() {
    return Append.ts(segment, start);
  }

  /// Bytes of data and meta of all records together.
  long payloadBytes() {
    return Append.payloadBytes(segment, start);
  }

  boolean hasTags() {
    return Append.tagBytes(segment, start) > 0 || Append.hasTags(segment, start);
  }

  /// Where the body of record `i` starts in [#segment].
  long bodyStart(int i) {
    return i == 0 ? bodies : bodies + Append.bodyEnd(segment, table, i - 1) + 1;
  }

  /// The end of the body of record `i`, exclusive.
  long bodyEnd(int i) {
    return bodies + Append.bodyEnd(segment, table, i);
  }

  /// Where the value of `data` starts, from the start of the body.
  int dataOffset(int i) {
    return Append.dataOffset(segment, table, i);
  }

  /// Where the value of `meta` starts, from the start of the body; 0 if there is none.
  int metaOffset(int i) {
    return Append.metaOffset(segment, table, i);
  }

  /// Bytes of data and meta of record `i`.
  int payloadBytes(int i) {
    int inner = (int) (bodyEnd(i) - bodyStart(i)) - 1 - dataOffset(i);
    return metaOffset(i) == 0 ? inner : inner - RecordEncoder.META_FIELD.length;
  }

  boolean hasNode(int i) {
    return Append.nodeLength(segment, table, i) != Append.NO_NODE;
  }

  /// Bytes between the quotes of the node of record `i`.
  int nodeLength(int i) {
    return Append.nodeLength(segment, table, i);
  }

  /// Where the inside of the node string of record `i` starts in [#segment].
  long nodeStart(int i) {
    return bodyStart(i) + dataOffset(i) - RecordEncoder.DATA_FIELD.length - 1 - nodeLength(i);
  }

  boolean hasTag(int i) {
    return (Append.tagEnd(segment, table, i) & Append.TAG_PRESENT) != 0;
  }

  /// Where the tag of record `i`, decoded, starts in [#segment].
  long tagStart(int i) {
    return i == 0 ? tags : tags + (Append.tagEnd(segment, table, i - 1) & ~Append.TAG_PRESENT);
  }

  int tagLength(int i) {
    return (int) (tags + (Append.tagEnd(segment, table, i) & ~Append.TAG_PRESENT) - tagStart(i));
  }

  String tag(int i) {
    byte[] bytes = new byte[tagLength(i)];
    MemorySegment.copy(segment, JAVA_BYTE, tagStart(i), bytes, 0, bytes.length);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
