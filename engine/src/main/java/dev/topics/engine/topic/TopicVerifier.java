package dev.topics.engine.topic;

import dev.topics.engine.json.JsonException;
import dev.topics.engine.json.JsonScanner;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameHandler;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Checks what the frames of a log say: that operations fit together, and that every record is what
/// a reader may be sent. Names the seqs that are missing where frames are.
///
/// **Threading** One thread.
public final class TopicVerifier implements FrameHandler {
  private static final int FINDINGS_MAX = 1000;

  private final TopicTable table = new TopicTable();
  private final AppendBlock block = new AppendBlock();
  private final JsonScanner scanner = new JsonScanner();
  private final List<String> findings = new ArrayList<>();
  private long records;
  private byte[] body = new byte[4096];

  /// A verifier that has seen nothing.
  public TopicVerifier() {}

  /// Number of topics at the end of the log.
  public int topics() {
    return table.size();
  }

  /// Number of records that were examined.
  public long records() {
    return records;
  }

  /// What is wrong, in the order of the log; the first thousand things.
  public List<String> findings() {
    return List.copyOf(findings);
  }

  @Override
  public void frame(Frame frame) {
    MemorySegment segment = frame.segment();
    long at = frame.payloadOffset();
    long end = at + frame.payloadBytes();
    for (int i = 0; i < frame.operationCount(); i++) {
      int length = at + OperationLayout.HEADER_BYTES <= end ? lengthAt(segment, at) : 0;
      if (length < OperationLayout.HEADER_BYTES || length > end - at) {
        found("frame %d: operation %d does not fit", frame.lsn(), i);
        return;
      }
      operation(frame, segment, at);
      at += length;
    }
  }

  @Override
  public void frameAfterDamage(Frame frame) {
    frame(frame);
  }

  private static int lengthAt(MemorySegment segment, long at) {
    return OperationLayout.length(segment, at);
  }

  private void operation(Frame frame, MemorySegment segment, long at) {
    try {
      if (OperationLayout.type(segment, at) == OperationLayout.APPEND) {
        block.wrap(segment, at);
        tellMissing(table.known(OperationLayout.topicId(segment, at)));
        checkRecords(frame);
      }
      table.apply(segment, at, frame.position(), frame.lsn());
    } catch (InconsistentLogException | IllegalArgumentException | IndexOutOfBoundsException e) {
      found("frame %d: %s", frame.lsn(), e);
    }
  }

  /// After damage the log goes on behind a hole; what would have been in it is named.
  private void tellMissing(Topic topic) {
    long last = block.firstSeq() - 1;
    if (last > topic.head()) {
      found("topic \"%s\": records %d to %d are missing", topic.name(), topic.head() + 1, last);
      topic.applyReserve(last, last, MemoryLog.NO_LSN);
    }
  }

  private void checkRecords(Frame frame) {
    for (int i = 0; i < block.count(); i++, records++) {
      long seq = block.firstSeq() + i;
      int length = Math.toIntExact(block.bodyEnd(i) - block.bodyStart(i));
      if (body.length < length) {
        body = new byte[length * 2];
      }
      MemorySegment.copy(
          block.segment(), ValueLayout.JAVA_BYTE, block.bodyStart(i), body, 0, length);
      byte[] start =
          "{\"$seq\":%d,\"$ts\":%d,".formatted(seq, block.ts()).getBytes(StandardCharsets.US_ASCII);
      if (!startsWith(start, length) || !holdsJson(i, length)) {
        found("frame %d: record %d is not what readers may be sent", frame.lsn(), seq);
      }
    }
  }

  private boolean holdsJson(int i, int length) {
    int end = length - 1;
    int meta = block.metaOffset(i);
    int dataEnd = meta == 0 ? end : meta - RecordEncoder.META_FIELD.length;
    return body[end] == '}'
        && isJson(block.dataOffset(i), dataEnd)
        && (meta == 0 || isJson(meta, end));
  }

  private boolean startsWith(byte[] start, int length) {
    return length > start.length && Arrays.equals(body, 0, start.length, start, 0, start.length);
  }

  private boolean isJson(int start, int end) {
    if (start < 0 || start >= end) {
      return false;
    }
    try {
      scanner.reset(body, start, end).skipValue();
      return scanner.position() == end;
    } catch (JsonException e) {
      return false;
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
  private void found(String finding, Object... details) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(finding.formatted(details));
    }
  }
}
