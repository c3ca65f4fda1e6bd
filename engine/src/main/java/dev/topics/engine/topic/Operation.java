package dev.topics.engine.topic;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.RecordEncoder;
import dev.topics.engine.record.Removed;
import dev.topics.engine.record.StoredCode;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A change of state on its way into a frame; [OperationLayout] draws the bytes.
///
/// Nothing is changed through these objects: state changes when [Topics] applies the bytes they
/// encode, in a live engine just as in recovery.
public sealed interface Operation
    permits Operation.AppendRecords,
        Operation.Reserve,
        Operation.Evict,
        Operation.Delete,
        Operation.PutTopic,
        Operation.DropTopic,
        PackInstall,
        Operation.SettleGaps,
        RouterOperation,
        JobOperation {
  long topicId();

  int encodedBytes();

  /// Writes [#encodedBytes] bytes at `at` of `target`.
  void encode(MemorySegment target, long at);

  /// The first seq of the records that the operation at `at` adds to its topic;
  /// [OperationLayout#NO_RECORDS] if it adds none.
  static long firstSeqOfRecords(MemorySegment segment, long at) {
    return switch (OperationLayout.type(segment, at)) {
      case OperationLayout.APPEND -> OperationLayout.Append.firstSeq(segment, at);
      case RouterOperation.FORWARD -> Forward.firstSeq(segment, at);
      default -> OperationLayout.NO_RECORDS;
    };
  }

  /// New records at the end of a topic.
  record AppendRecords(long topicId, RecordEncoder records) implements Operation {
    @Override
    public int encodedBytes() {
      return records.operationBytes();
    }

    @Override
    public void encode(MemorySegment target, long at) {
      records.write(target, at, topicId);
    }
  }

  /// The head is `head`, and seqs up to `through` may have been handed out: after a crash none of
  /// them is used again. Records between the head found in the log and `head` are lost.
  ///
  /// @param corrupt whether a repair gave them up
  public record Reserve(long topicId, long head, long through, boolean corrupt)
      implements Operation {
    private static final int BYTES = OperationLayout.HEADER_BYTES + 16;

    public Reserve(long topicId, long head, long through) {
      this(topicId, head, through, false);
    }

    @Override
    public int encodedBytes() {
      return BYTES;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      int flags = corrupt ? OperationLayout.FLAG_CORRUPT : 0;
      OperationLayout.putHeader(target, at, OperationLayout.RESERVE, flags, BYTES, topicId);
      OperationLayout.putLong(target, at + 16, head);
      OperationLayout.putLong(target, at + 24, through);
    }
  }

  /// Live records below `floor` are lost for `reason`.
  record Evict(long topicId, long floor, Removed removed, LossReason reason) implements Operation {
    private static final int BYTES = OperationLayout.HEADER_BYTES + 48;

    @Override
    public int encodedBytes() {
      return BYTES;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, OperationLayout.EVICT, 0, BYTES, topicId);
      OperationLayout.putRemoved(target, at + 16, removed);
      OperationLayout.putLong(target, at + 48, floor);
      OperationLayout.putInt(target, at + 56, StoredCode.of(reason));
      OperationLayout.putInt(target, at + 60, 0);
    }
  }

  /// The live records in these ranges were deleted by somebody.
  ///
  /// @param corrupt whether they were given up instead, because they cannot be read
  record Delete(long topicId, Removed removed, SeqRanges ranges, boolean corrupt)
      implements Operation {
    private static final int RANGES = OperationLayout.HEADER_BYTES + 40;

    Delete(long topicId, Removed removed, SeqRanges ranges) {
      this(topicId, removed, ranges, false);
    }

    @Override
    public int encodedBytes() {
      return RANGES + SeqRanges.BYTES * ranges.size();
    }

    @Override
    public void encode(MemorySegment target, long at) {
      int flags = corrupt ? OperationLayout.FLAG_CORRUPT : 0;
      OperationLayout.putHeader(target, at, OperationLayout.DELETE, flags, encodedBytes(), topicId);
      OperationLayout.putRemoved(target, at + 16, removed);
      OperationLayout.putLong(target, at + 48, ranges.size());
      ranges.encode(target, at + RANGES);
    }

    /// The ranges of the operation at `at`.
    static SeqRanges ranges(MemorySegment source, long at) {
      return SeqRanges.decode(source, at + RANGES, OperationLayout.getLong(source, at + 48));
    }
  }

  /// The topic exists and has this configuration.
  record PutTopic(long topicId, TopicName name, TopicConfig config) implements Operation {
    private static final int FIXED_BYTES = 84;
    private static final int NO_DEAD_LETTER = 0xFFFF;

    @Override
    public int encodedBytes() {
      String deadLetter = config.deadLetter();
      int names = name.value().length() + (deadLetter == null ? 0 : deadLetter.length());
      int steps = config.backoffMillis().size();
      int backoff = steps == 0 ? 0 : 2 + 8 * steps;
      return OperationLayout.aligned((long) FIXED_BYTES + names + backoff);
    }

    @Override
    public void encode(MemorySegment target, long at) {
      target.asSlice(at, encodedBytes()).fill((byte) 0);
      OperationLayout.putHeader(target, at, OperationLayout.TOPIC_PUT, 0, encodedBytes(), topicId);
      OperationLayout.putLong(target, at + 16, config.ttlMillis());
      OperationLayout.putLong(target, at + 24, config.capRecords());
      OperationLayout.putLong(target, at + 32, config.capBytes());
      OperationLayout.putLong(target, at + 40, config.idempotencyWindowMillis());
      OperationLayout.putLong(target, at + 48, config.leaseMillis());
      OperationLayout.putLong(target, at + 56, config.claimJitterMillis());
      OperationLayout.putLong(target, at + 64, config.maxDeliveries());
      Integer priority = config.priority();
      OperationLayout.putInt(target, at + 72, priority == null ? 0 : priority);
      target.set(JAVA_BYTE, at + 76, (byte) StoredCode.of(config.type()));
      target.set(JAVA_BYTE, at + 77, (byte) StoredCode.of(config.discard()));
      target.set(JAVA_BYTE, at + 78, (byte) StoredCode.of(config.durability()));
      target.set(JAVA_BYTE, at + 79, (byte) switches());
      byte[] nameBytes = name.value().getBytes(StandardCharsets.US_ASCII);
      OperationLayout.putShort(target, at + 80, nameBytes.length);
      String deadLetter = config.deadLetter();
      OperationLayout.putShort(
          target, at + 82, deadLetter == null ? NO_DEAD_LETTER : deadLetter.length());
      MemorySegment.copy(nameBytes, 0, target, JAVA_BYTE, at + FIXED_BYTES, nameBytes.length);
      long behind = at + FIXED_BYTES + nameBytes.length;
      if (deadLetter != null) {
        byte[] bytes = deadLetter.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, target, JAVA_BYTE, behind, bytes.length);
        behind += bytes.length;
      }
      encodeBackoff(target, behind);
    }

    private void encodeBackoff(MemorySegment target, long at) {
      List<Long> steps = config.backoffMillis();
      if (!steps.isEmpty()) {
        OperationLayout.putShort(target, at, steps.size());
        for (int i = 0; i < steps.size(); i++) {
          OperationLayout.putLong(target, at + 2 + 8L * i, steps.get(i));
        }
      }
    }

    private static List<Long> backoff(MemorySegment source, long at) {
      List<Long> steps = new ArrayList<>();
      int count = OperationLayout.getUnsignedShort(source, at);
      for (int i = 0; i < count; i++) {
        steps.add(OperationLayout.getLong(source, at + 2 + 8L * i));
      }
      return steps;
    }

    private int switches() {
      return (config.priority() != null ? 1 : 0)
          | (config.autoPriority() ? 2 : 0)
          | (config.autoCreate() ? 4 : 0)
          | (config.dedupeNode() ? 8 : 0)
          | (config.leasesDurable() ? 16 : 0)
          | (config.backoffMillis().isEmpty() ? 0 : 32);
    }

    /// The operation at `at`.
    static PutTopic decode(MemorySegment source, long at) {
      int switches = source.get(JAVA_BYTE, at + 79);
      int nameLength = OperationLayout.getUnsignedShort(source, at + 80);
      int deadLetterLength = OperationLayout.getUnsignedShort(source, at + 82);
      String name = text(source, at + FIXED_BYTES, nameLength);
      String deadLetter =
          deadLetterLength == NO_DEAD_LETTER
              ? null
              : text(source, at + FIXED_BYTES + nameLength, deadLetterLength);
      long behind = at + FIXED_BYTES + nameLength + (deadLetter == null ? 0 : deadLetterLength);
      TopicConfig config =
          new TopicConfig(
              StoredCode.topicType(source.get(JAVA_BYTE, at + 76)),
              OperationLayout.getLong(source, at + 16),
              OperationLayout.getLong(source, at + 24),
              OperationLayout.getLong(source, at + 32),
              StoredCode.discard(source.get(JAVA_BYTE, at + 77)),
              StoredCode.durability(source.get(JAVA_BYTE, at + 78)),
              (switches & 1) == 0 ? null : OperationLayout.getInt(source, at + 72),
              (switches & 2) != 0,
              (switches & 4) != 0,
              OperationLayout.getLong(source, at + 40),
              (switches & 8) != 0,
              OperationLayout.getLong(source, at + 48),
              OperationLayout.getLong(source, at + 56),
              OperationLayout.getLong(source, at + 64),
              deadLetter,
              (switches & 16) != 0,
              (switches & 32) == 0 ? List.of() : backoff(source, behind));
      return new PutTopic(OperationLayout.topicId(source, at), new TopicName(name), config);
    }

    private static String text(MemorySegment source, long at, int length) {
      byte[] bytes = new byte[length];
      MemorySegment.copy(source, JAVA_BYTE, at, bytes, 0, length);
      return new String(bytes, StandardCharsets.US_ASCII);
    }
  }

  /// What the frames before a gap may have said is settled: a [Reserve] tells of it where records
  /// are lost at the end of a topic.
  record SettleGaps() implements Operation {
    @Override
    public long topicId() {
      return 0;
    }

    @Override
    public int encodedBytes() {
      return OperationLayout.HEADER_BYTES;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, OperationLayout.GAPS_SETTLED, 0, encodedBytes(), 0);
    }
  }

  /// The topic and everything in it is gone.
  record DropTopic(long topicId) implements Operation {
    @Override
    public int encodedBytes() {
      return OperationLayout.HEADER_BYTES;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, OperationLayout.TOPIC_DROP, 0, encodedBytes(), topicId);
    }
  }
}
