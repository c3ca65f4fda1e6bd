package dev.topics.engine.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.json.JsonText;
import dev.topics.engine.model.RecordSink;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One record where it is stored. Reused by its [RecordLookup].
public final class StoredRecord {
  private static final byte[] QUOTE = {'"'};

  private AppendBlock block = new AppendBlock();
  private int i;

  public StoredRecord() {}

  public void wrap(AppendBlock in, int index) {
    block = in;
    i = index;
  }

  public long seq() {
    return block.firstSeq() + i;
  }

  /// Writes the record as readers with `include_tags` get it, but for the closing brace.
  public void writeOpen(RecordSink sink) {
    long start = block.bodyStart(i);
    int dataField = block.dataOffset(i) - RecordEncoder.DATA_FIELD.length;
    sink.write(block.segment(), start, dataField);
    if (block.hasTag(i)) {
      byte[] tag = quotedTag();
      sink.write(RecordEncoder.TAG_FIELD, 0, RecordEncoder.TAG_FIELD.length);
      sink.write(tag, 0, tag.length);
    }
    long end = block.bodyEnd(i) - 1;
    sink.write(block.segment(), start + dataField, (int) (end - start - dataField));
  }

  /// Bytes of the stored form; a record written by [#writeOpen] is not much larger.
  public int bytes() {
    return (int) (block.bodyEnd(i) - block.bodyStart(i)) + (block.hasTag(i) ? 64 : 0);
  }

  public @Nullable String tag() {
    return block.hasTag(i) ? block.tag(i) : null;
  }

  /// The tag as a JSON string; the record must have one.
  private byte[] quotedTag() {
    byte[] tag = block.tag(i).getBytes(StandardCharsets.UTF_8);
    byte[] quoted = new byte[JsonText.quotedBytes(tag, 0, tag.length)];
    JsonText.quote(tag, 0, tag.length, quoted, 0);
    return quoted;
  }

  /// Writes the record as one of the records of a write, with `meta` instead of its own.
  ///
  /// @param fields more fields, each with a comma before it
  public void writeAsWrite(RecordSink sink, byte[] meta, byte[] fields) {
    write(sink, "{\"data\":");
    int data = block.dataOffset(i);
    sink.write(block.segment(), block.bodyStart(i) + data, dataBytes());
    if (block.hasNode(i)) {
      write(sink, ",\"node\":");
      sink.write(QUOTE, 0, 1);
      sink.write(block.segment(), block.nodeStart(i), block.nodeLength(i));
      sink.write(QUOTE, 0, 1);
    }
    if (block.hasTag(i)) {
      byte[] tag = quotedTag();
      write(sink, ",\"tag\":");
      sink.write(tag, 0, tag.length);
    }
    write(sink, ",\"meta\":");
    sink.write(meta, 0, meta.length);
    sink.write(fields, 0, fields.length);
    write(sink, "}");
  }

  private int dataBytes() {
    long end =
        block.metaOffset(i) == 0
            ? block.bodyEnd(i) - 1
            : block.bodyStart(i) + block.metaOffset(i) - RecordEncoder.META_FIELD.length;
    return (int) (end - block.bodyStart(i) - block.dataOffset(i));
  }

  /// The JSON object of `meta`; null if there is none.
  public byte @Nullable [] meta() {
    int meta = block.metaOffset(i);
    if (meta == 0) {
      return null;
    }
    long from = block.bodyStart(i) + meta;
    byte[] bytes = new byte[(int) (block.bodyEnd(i) - 1 - from)];
    MemorySegment.copy(block.segment(), JAVA_BYTE, from, bytes, 0, bytes.length);
    return bytes;
  }

  private static void write(RecordSink sink, String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
    sink.write(bytes, 0, bytes.length);
  }
}
