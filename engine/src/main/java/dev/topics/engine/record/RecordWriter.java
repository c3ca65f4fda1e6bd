package dev.topics.engine.record;

import dev.topics.engine.json.JsonText;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.RecordSink;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Writes stored records in the projection that a reader asked for: cuts and splices at known
/// offsets, nothing is parsed.
///
/// **Threading** One thread at a time.
public final class RecordWriter {
  private static final byte[] COMMA = {','};
  private static final byte[] END = {'}'};

  private DiffQuery query = DiffQuery.after(0);
  private RecordSink sink = NOWHERE;
  private boolean any;
  private byte[] tag = new byte[256];
  private byte[] quoted = new byte[512];

  private static final RecordSink NOWHERE =
      new RecordSink() {
        @Override
        public void write(MemorySegment source, long offset, int length) {}

        @Override
        public void write(byte[] source, int offset, int length) {}
      };

  public RecordWriter() {}

  /// Begins an answer.
  public void start(DiffQuery query, RecordSink sink) {
    this.query = query;
    this.sink = sink;
    any = false;
  }

  /// Bytes of record `i` as it would be written, the tag estimated.
  public long bytes(AppendBlock block, int i) {
    long all = block.bodyEnd(i) - block.bodyStart(i);
    if (query.includeTags() && block.hasTag(i)) {
      all += RecordEncoder.TAG_FIELD.length + 2 + block.tagLength(i);
    }
    int inner = block.payloadBytes(i);
    if (query.includeData() && query.includeMeta()) {
      return all;
    }
    long meta = metaBytes(block, i);
    long data = inner - Math.max(0, meta - RecordEncoder.META_FIELD.length);
    if (!query.includeMeta()) {
      all -= meta;
    }
    return query.includeData() ? all : all - data - RecordEncoder.DATA_FIELD.length;
  }

  private static long metaBytes(AppendBlock block, int i) {
    int metaOffset = block.metaOffset(i);
    if (metaOffset == 0) {
      return 0;
    }
    long bodyBytes = block.bodyEnd(i) - block.bodyStart(i);
    return bodyBytes - 1 - metaOffset + RecordEncoder.META_FIELD.length;
  }

  /// Writes the records `first` to `end`, exclusive.
  public void write(AppendBlock block, int first, int end) {
    if (query.asStored()) {
      comma();
      long start = block.bodyStart(first);
      sink.write(block.segment(), start, (int) (block.bodyEnd(end - 1) - start));
      return;
    }
    for (int i = first; i < end; i++) {
      comma();
      project(block, i);
    }
  }

  private void comma() {
    if (any) {
      sink.write(COMMA, 0, 1);
    }
    any = true;
  }

  private void project(AppendBlock block, int i) {
    long start = block.bodyStart(i);
    int dataField = block.dataOffset(i) - RecordEncoder.DATA_FIELD.length;
    long metaBytes = metaBytes(block, i);
    sink.write(block.segment(), start, dataField);
    if (query.includeTags() && block.hasTag(i)) {
      writeTag(block, i);
    }
    long end = block.bodyEnd(i) - 1;
    if (query.includeData()) {
      sink.write(block.segment(), start + dataField, (int) (end - metaBytes - start - dataField));
    }
    if (query.includeMeta() && metaBytes > 0) {
      sink.write(block.segment(), end - metaBytes, (int) metaBytes);
    }
    sink.write(END, 0, 1);
  }

  private void writeTag(AppendBlock block, int i) {
    int length = block.tagLength(i);
    if (tag.length < length) {
      tag = new byte[length * 2];
    }
    MemorySegment.copy(block.segment(), ValueLayout.JAVA_BYTE, block.tagStart(i), tag, 0, length);
    int quotedBytes = JsonText.quotedBytes(tag, 0, length);
    if (quoted.length < quotedBytes) {
      quoted = new byte[quotedBytes * 2];
    }
    JsonText.quote(tag, 0, length, quoted, 0);
    sink.write(RecordEncoder.TAG_FIELD, 0, RecordEncoder.TAG_FIELD.length);
    sink.write(quoted, 0, quotedBytes);
  }
}
