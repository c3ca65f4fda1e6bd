package dev.topics.engine.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.record.OperationLayout.Append;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Stored records as another topic gets them: with its own seqs and time, with or without node and
/// tag, the rest byte for byte. Written as an APPEND operation, for the log, for memory, or for a
/// reader of a reference.
///
/// **Threading** One thread at a time; reused.
public final class CopiedRecords {
  private final byte[] digits = new byte[64];
  private AppendBlock from = new AppendBlock();
  private Picks picks = new Picks();
  private boolean keepNode;
  private boolean keepTag;
  private @Nullable RouterStamp stamp;
  private long firstSeq;
  private long ts;
  private int tagBytes;
  private long bodiesBytes;
  private long payloadBytes;

  public CopiedRecords() {}

  /// Copies of the records `picks` of `block`.
  public CopiedRecords of(
      AppendBlock block,
      Picks picks,
      boolean keepNode,
      boolean keepTag,
      @Nullable RouterStamp stamp) {
    from = block;
    this.picks = picks;
    this.keepNode = keepNode;
    this.keepTag = keepTag;
    this.stamp = stamp;
    return this;
  }

  /// Gives the copies their seqs and their time, and measures them.
  public CopiedRecords numbered(long firstSeq, long ts) {
    this.firstSeq = firstSeq;
    this.ts = ts;
    int tsDigits = Digits.count(ts);
    tagBytes = 0;
    bodiesBytes = Math.max(0, picks.size() - 1);
    payloadBytes = 0;
    for (int i = 0; i < picks.size(); i++) {
      int record = picks.get(i);
      tagBytes += tagBytes(record);
      payloadBytes += payloadBytes(i);
      bodiesBytes += startBytes(i, tsDigits) + nodeFieldBytes(record) + restBytes(i);
    }
    return this;
  }

  public int count() {
    return picks.size();
  }

  /// Bytes of data and meta of copy `i`.
  public int payloadBytes(int i) {
    int record = picks.get(i);
    if (stamp == null) {
      return from.payloadBytes(record);
    }
    return dataBytes(record) + stamp.make(from, record);
  }

  public long payloadBytes() {
    return payloadBytes;
  }

  public boolean hasTag(int i) {
    return keepTag && from.hasTag(picks.get(i));
  }

  public String tag(int i) {
    return from.tag(picks.get(i));
  }

  public int operationBytes() {
    return OperationLayout.aligned(
        Append.TABLE + (long) picks.size() * Append.ENTRY_BYTES + tagBytes + bodiesBytes);
  }

  /// Writes the APPEND operation, [#operationBytes] long.
  public void write(MemorySegment target, long at, long topicId) {
    int flags = keepTag && from.hasTags() ? Append.FLAG_TAGS : 0;
    int count = picks.size();
    OperationLayout.putHeader(target, at, OperationLayout.APPEND, flags, operationBytes(), topicId);
    Append.put(
        target, at, firstSeq, ts, count, 0, tagBytes, Math.toIntExact(bodiesBytes), payloadBytes);
    long entry = at + Append.TABLE;
    long tagAt = entry + (long) count * Append.ENTRY_BYTES;
    long tags = tagAt;
    long bodies = tags + tagBytes;
    long body = bodies;
    int tsDigits = Digits.count(ts);
    for (int i = 0; i < count; i++, entry += Append.ENTRY_BYTES) {
      if (i > 0) {
        target.set(JAVA_BYTE, body++, (byte) ',');
      }
      int record = picks.get(i);
      int tag = tagBytes(record);
      MemorySegment.copy(from.segment(), from.tagStart(record), target, tagAt, tag);
      tagAt += tag;
      long end = writeBody(target, body, i, entry, tsDigits);
      OperationLayout.putInt(target, entry, (int) (end - bodies));
      boolean tagged = keepTag && from.hasTag(record);
      OperationLayout.putInt(
          target, entry + 8, (int) (tagAt - tags) | (tagged ? Append.TAG_PRESENT : 0));
      body = end;
    }
    for (long end = at + operationBytes(); body < end; body++) {
      target.set(JAVA_BYTE, body, (byte) 0);
    }
  }

  private long writeBody(MemorySegment target, long start, int i, long entry, int tsDigits) {
    int record = picks.get(i);
    long seq = firstSeq + i;
    int length = put(RecordEncoder.SEQ_FIELD, 0);
    length = Digits.write(seq, Digits.count(seq), digits, length);
    length = put(RecordEncoder.TS_FIELD, length);
    length = Digits.write(ts, tsDigits, digits, length);
    MemorySegment.copy(digits, 0, target, JAVA_BYTE, start, length);
    long at = start + length;
    int node = nodeFieldBytes(record);
    long dataField = from.bodyStart(record) + dataField(record);
    MemorySegment.copy(from.segment(), dataField - node, target, at, node);
    at += node;
    int nodeLength = node == 0 ? Append.NO_NODE : from.nodeLength(record);
    int dataOffset = (int) (at - start) + RecordEncoder.DATA_FIELD.length;
    OperationLayout.putShort(target, entry + 12, dataOffset);
    OperationLayout.putShort(target, entry + 14, nodeLength);
    if (stamp == null) {
      int rest = restBytes(i);
      MemorySegment.copy(from.segment(), dataField, target, at, rest);
      int meta = from.metaOffset(record);
      int moved = dataOffset - from.dataOffset(record);
      OperationLayout.putInt(target, entry + 4, meta == 0 ? 0 : meta + moved);
      return at + rest;
    }
    int data = RecordEncoder.DATA_FIELD.length + dataBytes(record);
    MemorySegment.copy(from.segment(), dataField, target, at, data);
    at += data;
    int metaField = RecordEncoder.META_FIELD.length;
    MemorySegment.copy(RecordEncoder.META_FIELD, 0, target, JAVA_BYTE, at, metaField);
    at += metaField;
    OperationLayout.putInt(target, entry + 4, (int) (at - start));
    stamp.make(from, record);
    at = stamp.write(target, at);
    target.set(JAVA_BYTE, at, (byte) '}');
    return at + 1;
  }

  private int put(byte[] field, int at) {
    System.arraycopy(field, 0, digits, at, field.length);
    return at + field.length;
  }

  private int tagBytes(int record) {
    return keepTag && from.hasTag(record) ? from.tagLength(record) : 0;
  }

  private int startBytes(int i, int tsDigits) {
    return RecordEncoder.SEQ_FIELD.length
        + Digits.count(firstSeq + i)
        + RecordEncoder.TS_FIELD.length
        + tsDigits;
  }

  private int nodeFieldBytes(int record) {
    return keepNode && from.hasNode(record)
        ? RecordEncoder.NODE_FIELD.length + 2 + from.nodeLength(record)
        : 0;
  }

  /// Where the field `data`, its comma included, starts in the stored body.
  private int dataField(int record) {
    return from.dataOffset(record) - RecordEncoder.DATA_FIELD.length;
  }

  private int dataBytes(int record) {
    int end = (int) (from.bodyEnd(record) - from.bodyStart(record)) - 1;
    int meta = from.metaOffset(record);
    return (meta == 0 ? end : meta - RecordEncoder.META_FIELD.length) - from.dataOffset(record);
  }

  /// Bytes of a copied body from the field `data` to its end.
  private int restBytes(int i) {
    int record = picks.get(i);
    if (stamp != null) {
      return RecordEncoder.DATA_FIELD.length
          + RecordEncoder.META_FIELD.length
          + payloadBytes(i)
          + 1;
    }
    return (int) (from.bodyEnd(record) - from.bodyStart(record)) - dataField(record);
  }
}
