package dev.topics.engine.queue;

import dev.topics.engine.json.WriteBody;
import dev.topics.engine.json.WriteLimits;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.record.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Copies of records, put together as the body of a write.
final class CopyBuffer implements RecordSink {
  private static final byte[] START = "{\"records\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int records;

  CopyBuffer() {
    write(START, 0, START.length);
  }

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
    if (records++ > 0) {
      bytes.write(',');
    }
    record.writeAsWrite(this, meta, fields);
  }

  int size() {
    return bytes.size();
  }

  /// The write of all that was added.
  WriteBody toWrite() {
    bytes.write(END, 0, END.length);
    WriteBody body = new WriteBody(WriteLimits.COPIES);
    byte[] json = bytes.toByteArray();
    return switch (body.decode(json, 0, json.length)) {
      case WriteBody.Accepted _ -> body;
      case WriteBody.Rejected rejected ->
          throw new IllegalStateException("a copy is no record: " + rejected.message());
    };
  }
}
