package dev.topics.engine.queue;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.record.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/// Copies of records, put together as the body of a write.
final class CopyBuffer implements RecordSink {
  private static final byte[] START = "{\"records\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NEXT = {','};
  private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /// Where each record ends.
  private int[] ends = new int[16];

  private int records;

  @Override
  public void write(MemorySegment source, long offset, int length) {
    byte[] copy = new byte[length];
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    bytes.write(copy, 0, length);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    bytes.write(source, offset, length);
  }

  /// Adds `record` with another `meta`.
  ///
  /// @param fields more fields of the record, each with a comma before it
  void add(StoredRecord record, byte[] meta, byte[] fields) {
    record.writeAsWrite(this, meta, fields);
    if (records == ends.length) {
      ends = Arrays.copyOf(ends, records * 2);
    }
    ends[records++] = bytes.size();
  }

  int size() {
    return bytes.size();
  }

  /// The write of all that was added.
  WriteBody toWrite() {
    BitSet all = new BitSet();
    all.set(0, records);
    return toWrite(all);
  }

  /// The write of some of what was added, by their numbers.
  WriteBody toWrite(BitSet which) {
    byte[] added = bytes.toByteArray();
    ByteArrayOutputStream some = new ByteArrayOutputStream(added.length + records + 16);
    byte[] before = START;
    for (int i = which.nextSetBit(0); i >= 0; i = which.nextSetBit(i + 1)) {
      some.writeBytes(before);
      int start = i == 0 ? 0 : ends[i - 1];
      some.write(added, start, ends[i] - start);
      before = NEXT;
    }
    some.writeBytes(END);
    WriteBody body = new WriteBody(WriteLimits.COPIES);
    byte[] json = some.toByteArray();
    return switch (body.decode(json, 0, json.length)) {
      case WriteBody.Accepted _ -> body;
      case WriteBody.Rejected rejected ->
          throw new IllegalStateException("a copy is no record: " + rejected.message());
    };
  }
}
