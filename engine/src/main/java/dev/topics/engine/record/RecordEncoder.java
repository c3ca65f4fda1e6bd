package dev.topics.engine.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.record.OperationLayout.Append;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Encodes the records of a write as they are stored and sent to readers, before their seqs are
/// certain: `{"$seq":17,"$ts":1748450001000,"$node":"n1","data":…,"meta":{…}}`.
///
/// [#encode] runs outside the commit lock with the seq that is likely; [#renumber] puts the real
/// one in under the lock, usually by changing nothing. Reused; nothing is allocated per record.
/// **Threading** One thread at a time.
public final class RecordEncoder implements NewRecords {
  static final byte[] SEQ_FIELD = ascii("{\"$seq\":");
  static final byte[] TS_FIELD = ascii(",\"$ts\":");
  static final byte[] NODE_FIELD = ascii(",\"$node\":");
  static final byte[] TAG_FIELD = ascii(",\"$tag\":");
  static final byte[] DATA_FIELD = ascii(",\"data\":");
  public static final byte[] META_FIELD = ascii(",\"meta\":");

  private static final int FIXED_BYTES_MAX = 80;
  private static final int TABLE_INTS = 4;
  private static final int KEEP_BYTES_MAX = 4 << 20;

  private final WriteBody body;
  private byte[] bodies = new byte[4096];
  private int bodiesBytes;
  private byte[] tags = new byte[256];
  private int tagBytes;
  private int[] table = new int[64];
  private int count;
  private boolean tagged;
  private long payloadBytes;
  private long firstSeq;
  private long ts;
  private int seqDigits;
  private byte[] key = {};

  public RecordEncoder(WriteBody body) {
    this.body = body;
  }

  @Override
  public int count() {
    return count;
  }

  public long firstSeq() {
    return firstSeq;
  }

  public long lastSeq() {
    return firstSeq + count - 1;
  }

  public long ts() {
    return ts;
  }

  boolean tagged() {
    return tagged;
  }

  @Override
  public long seq(int i) {
    return firstSeq + i;
  }

  @Override
  public long payloadBytes() {
    return payloadBytes;
  }

  @Override
  public int payloadBytes(int i) {
    return body.payloadBytes(i);
  }

  /// Bytes of the APPEND operation.
  public int operationBytes() {
    long bytes =
        Append.TABLE + (long) count * Append.ENTRY_BYTES + tagBytes + bodiesBytes + key.length;
    return OperationLayout.aligned(bytes);
  }

  /// Encodes the records of the body as if the first one got `firstSeq`.
  public void encode(long firstSeq, long ts, byte[] key) {
    this.key = key;
    this.firstSeq = firstSeq;
    this.ts = ts;
    count = body.count();
    measure();
    int at = 0;
    int tagAt = 0;
    long seq = firstSeq;
    seqDigits = Digits.count(firstSeq);
    boolean sameWidth = Digits.count(firstSeq + count - 1) == seqDigits;
    int tsDigits = Digits.count(ts);
    for (int i = 0; i < count; i++, seq++) {
      int start = at;
      at = put(SEQ_FIELD, at);
      at = Digits.write(seq, sameWidth ? seqDigits : Digits.count(seq), bodies, at);
      at = put(TS_FIELD, at);
      at = Digits.write(ts, tsDigits, bodies, at);
      int nodeLength = Append.NO_NODE;
      if (body.hasNode(i)) {
        at = put(NODE_FIELD, at);
        int nodeStart = at;
        at = body.copyNodeJson(i, bodies, at);
        nodeLength = at - nodeStart - 2;
      }
      at = put(DATA_FIELD, at);
      int dataOffset = at - start;
      at = body.copyData(i, bodies, at);
      int metaOffset = 0;
      if (body.hasMeta(i)) {
        at = put(META_FIELD, at);
        metaOffset = at - start;
        at = body.copyMeta(i, bodies, at);
      }
      bodies[at++] = '}';
      tagAt = copyTag(i, tagAt);
      int row = i * TABLE_INTS;
      table[row] = at;
      table[row + 1] = metaOffset;
      table[row + 2] = tagAt | (body.hasTag(i) ? Append.TAG_PRESENT : 0);
      table[row + 3] = dataOffset | nodeLength << 16;
      bodies[at++] = ',';
    }
    bodiesBytes = at - 1;
    tagBytes = tagAt;
    if (!sameWidth) {
      seqDigits = -1;
    }
  }

  private int copyTag(int i, int at) {
    return body.hasTag(i) ? body.copyTag(i, tags, at) : at;
  }

  private void measure() {
    long payload = 0;
    long nodes = 0;
    long tagsTotal = 0;
    tagged = false;
    for (int i = 0; i < count; i++) {
      payload += payloadBytes(i);
      nodes += body.nodeJsonBytes(i);
      tagsTotal += body.tagBytes(i);
      tagged |= body.hasTag(i);
    }
    payloadBytes = payload;
    bodies = roomFor(bodies, payload + nodes + (long) count * FIXED_BYTES_MAX);
    tags = roomFor(tags, tagsTotal);
    if (table.length < count * TABLE_INTS) {
      table = new int[count * TABLE_INTS];
    }
  }

  private static byte[] roomFor(byte[] buffer, long bytes) {
    return buffer.length >= bytes ? buffer : new byte[Math.toIntExact(bytes + bytes / 4)];
  }

  /// Lets go of what only an unusually large write needed.
  public void shrink() {
    if (bodies.length > KEEP_BYTES_MAX) {
      bodies = new byte[4096];
    }
  }

  private int put(byte[] field, int at) {
    System.arraycopy(field, 0, bodies, at, field.length);
    return at + field.length;
  }

  /// Makes `firstSeq` and `ts` those of the records.
  public void renumber(long firstSeq, long ts) {
    if (firstSeq == this.firstSeq && ts == this.ts) {
      return;
    }
    int digits = Digits.count(firstSeq);
    if (digits != seqDigits
        || Digits.count(firstSeq + count - 1) != digits
        || Digits.count(ts) != Digits.count(this.ts)) {
      encode(firstSeq, ts, key);
      return;
    }
    this.firstSeq = firstSeq;
    this.ts = ts;
    int tsDigits = Digits.count(ts);
    int start = 0;
    for (int i = 0; i < count; i++) {
      int at = Digits.write(firstSeq + i, digits, bodies, start + SEQ_FIELD.length);
      Digits.write(ts, tsDigits, bodies, at + TS_FIELD.length);
      start = table[i * TABLE_INTS] + 1;
    }
  }

  /// Writes the APPEND operation, [#operationBytes] long, at `at` of `target`.
  public void write(MemorySegment target, long at, long topicId) {
    int flags = tagged ? Append.FLAG_TAGS : 0;
    OperationLayout.putHeader(target, at, OperationLayout.APPEND, flags, operationBytes(), topicId);
    Append.put(target, at, firstSeq, ts, count, key.length, tagBytes, bodiesBytes, payloadBytes);
    long entry = at + Append.TABLE;
    for (int i = 0; i < count * TABLE_INTS; i++, entry += Integer.BYTES) {
      OperationLayout.putInt(target, entry, table[i]);
    }
    MemorySegment.copy(tags, 0, target, JAVA_BYTE, entry, tagBytes);
    entry += tagBytes;
    MemorySegment.copy(bodies, 0, target, JAVA_BYTE, entry, bodiesBytes);
    entry += bodiesBytes;
    MemorySegment.copy(key, 0, target, JAVA_BYTE, entry, key.length);
    entry += key.length;
    for (long end = at + operationBytes(); entry < end; entry++) {
      target.set(JAVA_BYTE, entry, (byte) 0);
    }
  }

  /// The idempotency key as it is logged.
  public static byte[] keyBytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return Arrays.copyOf(text.getBytes(StandardCharsets.US_ASCII), text.length());
  }
}
