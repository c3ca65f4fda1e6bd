package dev.topics.engine.recovery;

import dev.topics.engine.json.JsonException;
import dev.topics.engine.json.JsonScanner;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.RecordEncoder;
import dev.topics.engine.topic.Applier;
import dev.topics.engine.topic.Forward;
import dev.topics.engine.topic.JobState;
import dev.topics.engine.topic.MemoryLog;
import dev.topics.engine.topic.Operation;
import dev.topics.engine.topic.RestoredState;
import dev.topics.engine.topic.RouterOperation;
import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.Topic;
import dev.topics.engine.topic.TopicTable;
import dev.topics.storage.FrameVerifier;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.checkpoint.Superblocks;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.pack.PackedRun;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Checks what the frames of a log say: that operations fit together, and that every record is what
/// a reader may be sent. Names the seqs that are missing where frames are.
///
/// **Threading** One thread.
public final class TopicVerifier implements FrameVerifier {
  private static final int FINDINGS_MAX = 1000;

  private final TopicTable table;
  private final Applier applier;
  private final long restoredLsn;
  private final AppendBlock block = new AppendBlock();
  private final KnownAppends appends = new KnownAppends();
  private final JsonScanner scanner = new JsonScanner();
  private final List<String> findings = new ArrayList<>();
  private long records;
  private byte[] body = new byte[4096];

  /// A verifier that knows what the newest checkpoint on `disk` says, and nothing if there is none.
  ///
  /// @param routers a state that is used for nothing else
  /// @param jobs makes what queues know beyond their records
  public TopicVerifier(Disk disk, RouterState routers, JobState.Factory jobs) throws IOException {
    table = new TopicTable(routers, jobs);
    applier = new Applier(table);
    Superblock superblock = Superblocks.read(disk).current();
    RestoredState state = RestoredState.read(disk, superblock);
    restoredLsn = state == null ? 0 : state.start().lsn();
    if (state != null) {
      state.fill(table);
    }
  }

  /// Number of topics at the end of the log.
  public int topics() {
    return table.size();
  }

  @Override
  public Map<Long, List<PackedRun>> packedRuns() {
    return table.packedRuns();
  }

  @Override
  public String describe(long topicId) {
    Topic topic = table.find(topicId);
    return topic == null ? "topic " + topicId : "topic \"" + topic.name() + "\"";
  }

  /// Number of records that were examined.
  public long records() {
    return records;
  }

  /// The first thousand things.
  @Override
  public List<String> findings() {
    return List.copyOf(findings);
  }

  @Override
  public void frame(Frame frame) {
    if (frame.isBridge()) {
      applier.expectGaps(frame);
      return;
    }
    appends.frame(frame.position());
    MemorySegment segment = frame.segment();
    long at = frame.payloadOffset();
    long end = at + frame.payloadBytes();
    for (int i = 0; i < frame.operationCount(); i++) {
      int length =
          at + OperationLayout.HEADER_BYTES <= end ? OperationLayout.length(segment, at) : 0;
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

  private void operation(Frame frame, MemorySegment segment, long at) {
    try {
      int type = OperationLayout.type(segment, at);
      if (type == OperationLayout.APPEND) {
        block.wrap(segment, at);
        appends.add(frame.position(), at - frame.payloadOffset(), block.count());
        checkRecords(frame);
      } else if (type == RouterOperation.FORWARD) {
        String fault = appends.fault(Forward.decode(segment, at).to());
        if (!fault.isEmpty() && !applier.gapsExpected()) {
          found("frame %d: a forward %s", frame.lsn(), fault);
        }
      }
      long topicId = OperationLayout.topicId(segment, at);
      if (frame.lsn() <= restoredLsn) {
        return;
      }
      if (table.isRestored(topicId, frame.lsn())) {
        applier.applyRestored(segment, at, frame.position(), frame.lsn());
        return;
      }
      long firstSeq = Operation.firstSeqOfRecords(segment, at);
      if (firstSeq != OperationLayout.NO_RECORDS && !applier.gapsExpected()) {
        tellMissing(table.known(topicId), firstSeq);
      }
      applier.apply(segment, at, frame.position(), frame.lsn());
    } catch (InconsistentLogException | IllegalArgumentException | IndexOutOfBoundsException e) {
      found("frame %d: %s", frame.lsn(), e);
    }
  }

  /// After damage the log goes on behind a hole; what would have been in it is named.
  private void tellMissing(Topic topic, long firstSeq) {
    long last = firstSeq - 1;
    if (last > topic.head()) {
      found("topic \"%s\": records %d to %d are missing", topic.name(), topic.head() + 1, last);
      topic.applyReserve(last, last, LossReason.CORRUPT, MemoryLog.NO_LSN);
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
