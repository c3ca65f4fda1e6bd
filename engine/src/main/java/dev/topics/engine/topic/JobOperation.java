package dev.topics.engine.topic;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.json.JobColumns;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.RecordEncoder;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A change of the jobs of a queue on its way into a frame.
///
/// ```text
/// header of each operation: see OperationLayout
/// JOBS, behind the APPEND of the same records
///   16  8  seq of the first record  24  8  ts of the records
///   32  4  number of jobs           36  4  bytes of all order keys
///   40  per job, 16 bytes
///          0  8  not to be delivered before, ms, 0 = at once
///          8  4  record, from the first one on
///         12  1  priority     13  1  0    14  2  bytes of the order key, 65535 = none
///    …  order keys, UTF-8, back to back
/// CLAIM
///   16  8  deadline, ms             24  8  token of the first job, +1 for each further one
///   32  4  number of jobs           36  4  bytes of the node
///   40  per job, 16 bytes: seq 8, ts of the record 8
///    …  node, UTF-8
/// LEASE_CHANGE
///   16  4  number of jobs           20  4  bytes of the error, -1 = none
///   24  4  kind: 1 release, 2 extend                28  4  0
///   32  per job, 16 bytes: seq 8, new deadline or not to be delivered before, ms, 8
///    …  error, UTF-8
/// DEAD_LETTERED
///   16  8  number of jobs
/// LEASES_ENDED
///   16  8  when, ms
/// ```
public sealed interface JobOperation extends Operation {
  int JOBS = 16;
  int CLAIM = 17;
  int LEASE_CHANGE = 18;
  int DEAD_LETTERED = 19;
  int LEASES_ENDED = 20;

  int NO_KEY = 0xFFFF;
  int RELEASE = 1;
  int EXTEND = 2;

  /// Whether operations of `type` are about jobs.
  static boolean is(int type) {
    return type >= JOBS && type <= LEASES_ENDED;
  }

  /// Applies the operation at `at` to the jobs of its topic.
  static void apply(MemorySegment source, long at, JobState jobs) {
    switch (OperationLayout.type(source, at)) {
      case JOBS -> Describe.apply(source, at, jobs);
      case CLAIM -> Claim.apply(source, at, jobs);
      case LEASE_CHANGE -> ChangeLeases.apply(source, at, jobs);
      case DEAD_LETTERED -> jobs.deadLettered(OperationLayout.getLong(source, at + 16));
      case LEASES_ENDED -> jobs.leasesEnded(OperationLayout.getLong(source, at + 16));
      default -> throw new InconsistentLogException("not about jobs");
    }
  }

  /// What the records of an append are as jobs, those of them that are anything special.
  record Describe(long topicId, RecordEncoder records, JobColumns jobs, long nowMillis)
      implements JobOperation {
    private static final int FIXED_BYTES = 40;
    private static final int ENTRY_BYTES = 16;

    @Override
    public int encodedBytes() {
      return OperationLayout.aligned(
          FIXED_BYTES + (long) ENTRY_BYTES * jobs.rows() + jobs.keyBytes());
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, JOBS, 0, encodedBytes(), topicId);
      OperationLayout.putLong(target, at + 16, records.firstSeq());
      OperationLayout.putLong(target, at + 24, records.ts());
      OperationLayout.putInt(target, at + 32, jobs.rows());
      OperationLayout.putInt(target, at + 36, jobs.keyBytes());
      long entry = at + FIXED_BYTES;
      for (int i = 0; i < jobs.rows(); i++, entry += ENTRY_BYTES) {
        byte[] key = jobs.orderKey(i);
        OperationLayout.putLong(target, entry, jobs.deliverAt(i, nowMillis));
        OperationLayout.putInt(target, entry + 8, jobs.record(i));
        target.set(JAVA_BYTE, entry + 12, (byte) jobs.priority(i));
        target.set(JAVA_BYTE, entry + 13, (byte) 0);
        OperationLayout.putShort(target, entry + 14, key == null ? NO_KEY : key.length);
      }
      for (int i = 0; i < jobs.rows(); i++) {
        byte[] key = jobs.orderKey(i);
        if (key != null) {
          MemorySegment.copy(key, 0, target, JAVA_BYTE, entry, key.length);
          entry += key.length;
        }
      }
      pad(target, entry, at + encodedBytes());
    }

    private static void apply(MemorySegment source, long at, JobState jobs) {
      long firstSeq = OperationLayout.getLong(source, at + 16);
      long ts = OperationLayout.getLong(source, at + 24);
      int count = OperationLayout.getInt(source, at + 32);
      long key = at + FIXED_BYTES + (long) ENTRY_BYTES * count;
      for (int i = 0; i < count; i++) {
        long entry = at + FIXED_BYTES + (long) ENTRY_BYTES * i;
        int keyBytes = OperationLayout.getUnsignedShort(source, entry + 14);
        String orderKey = keyBytes == NO_KEY ? null : text(source, key, keyBytes);
        key += keyBytes == NO_KEY ? 0 : keyBytes;
        jobs.described(
            firstSeq + OperationLayout.getInt(source, entry + 8),
            ts,
            OperationLayout.getLong(source, entry),
            source.get(JAVA_BYTE, entry + 12),
            orderKey);
      }
    }
  }

  /// Jobs were delivered to `node`: `count` of `seqs` from `from` on, with the times of their
  /// records.
  final class Claim implements JobOperation {
    private static final int FIXED_BYTES = 40;
    private static final int ENTRY_BYTES = 16;

    private final long topicId;
    private final byte[] node;
    private final long deadline;
    private final long firstToken;
    private final long[] seqs;
    private final long[] times;
    private final int from;
    private final int count;

    Claim(
        long topicId,
        byte[] node,
        long deadline,
        long firstToken,
        long[] seqs,
        long[] times,
        int from,
        int count) {
      this.topicId = topicId;
      this.node = node;
      this.deadline = deadline;
      this.firstToken = firstToken;
      this.seqs = seqs;
      this.times = times;
      this.from = from;
      this.count = count;
    }

    @Override
    public long topicId() {
      return topicId;
    }

    @Override
    public int encodedBytes() {
      return OperationLayout.aligned(FIXED_BYTES + (long) ENTRY_BYTES * count + node.length);
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, CLAIM, 0, encodedBytes(), topicId);
      OperationLayout.putLong(target, at + 16, deadline);
      OperationLayout.putLong(target, at + 24, firstToken);
      OperationLayout.putInt(target, at + 32, count);
      OperationLayout.putInt(target, at + 36, node.length);
      long entry = putPairs(target, at + FIXED_BYTES, seqs, times, from, count);
      MemorySegment.copy(node, 0, target, JAVA_BYTE, entry, node.length);
      pad(target, entry + node.length, at + encodedBytes());
    }

    private static void apply(MemorySegment source, long at, JobState jobs) {
      long deadline = OperationLayout.getLong(source, at + 16);
      long token = OperationLayout.getLong(source, at + 24);
      int count = OperationLayout.getInt(source, at + 32);
      long behind = at + FIXED_BYTES + (long) ENTRY_BYTES * count;
      int holder = jobs.holder(text(source, behind, OperationLayout.getInt(source, at + 36)));
      for (long entry = at + FIXED_BYTES; entry < behind; entry += ENTRY_BYTES) {
        long seq = OperationLayout.getLong(source, entry);
        jobs.claimed(seq, OperationLayout.getLong(source, entry + 8), holder, token++, deadline);
      }
    }
  }

  /// The first `count` of `seqs` are released or extended, to `times`.
  final class ChangeLeases implements JobOperation {
    private static final int FIXED_BYTES = 32;
    private static final int ENTRY_BYTES = 16;

    private final long topicId;
    private final int kind;
    private final long[] seqs;
    private final long[] times;
    private final int count;
    private final byte @Nullable [] error;

    ChangeLeases(
        long topicId, int kind, long[] seqs, long[] times, int count, byte @Nullable [] error) {
      this.topicId = topicId;
      this.kind = kind;
      this.seqs = seqs;
      this.times = times;
      this.count = count;
      this.error = error;
    }

    @Override
    public long topicId() {
      return topicId;
    }

    @Override
    public int encodedBytes() {
      return OperationLayout.aligned(
          FIXED_BYTES + (long) ENTRY_BYTES * count + (error == null ? 0 : error.length));
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, LEASE_CHANGE, 0, encodedBytes(), topicId);
      OperationLayout.putInt(target, at + 16, count);
      OperationLayout.putInt(target, at + 20, error == null ? -1 : error.length);
      OperationLayout.putInt(target, at + 24, kind);
      OperationLayout.putInt(target, at + 28, 0);
      long behind = putPairs(target, at + FIXED_BYTES, seqs, times, 0, count);
      if (error != null) {
        MemorySegment.copy(error, 0, target, JAVA_BYTE, behind, error.length);
        behind += error.length;
      }
      pad(target, behind, at + encodedBytes());
    }

    private static void apply(MemorySegment source, long at, JobState jobs) {
      int count = OperationLayout.getInt(source, at + 16);
      int errorBytes = OperationLayout.getInt(source, at + 20);
      boolean release = OperationLayout.getInt(source, at + 24) == RELEASE;
      long behind = at + FIXED_BYTES + (long) ENTRY_BYTES * count;
      byte[] error = errorBytes < 0 ? null : bytes(source, behind, errorBytes);
      for (long entry = at + FIXED_BYTES; entry < behind; entry += ENTRY_BYTES) {
        long seq = OperationLayout.getLong(source, entry);
        long time = OperationLayout.getLong(source, entry + 8);
        if (release) {
          jobs.released(seq, time, error);
        } else {
          jobs.extended(seq, time);
        }
      }
    }
  }

  /// Jobs were moved to the dead letter: the same frame appends them there and deletes them here.
  static JobOperation deadLettered(long topicId, int jobs) {
    return new Figure(topicId, DEAD_LETTERED, jobs);
  }

  /// A restart ended the leases of a queue that does not keep them. It is logged because the log
  /// would otherwise not tell a lease that a restart ended from one that ran out.
  static JobOperation leasesEnded(long topicId, long atMillis) {
    return new Figure(topicId, LEASES_ENDED, atMillis);
  }

  /// One number about a whole queue, which its `type` gives a meaning.
  record Figure(long topicId, int type, long value) implements JobOperation {
    @Override
    public int encodedBytes() {
      return OperationLayout.HEADER_BYTES + 8;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, type, 0, encodedBytes(), topicId);
      OperationLayout.putLong(target, at + 16, value);
    }
  }

  private static long putPairs(
      MemorySegment target, long at, long[] seqs, long[] times, int from, int count) {
    long entry = at;
    for (int i = from; i < from + count; i++, entry += 16) {
      OperationLayout.putLong(target, entry, seqs[i]);
      OperationLayout.putLong(target, entry + 8, times[i]);
    }
    return entry;
  }

  private static void pad(MemorySegment target, long from, long end) {
    for (long i = from; i < end; i++) {
      target.set(JAVA_BYTE, i, (byte) 0);
    }
  }

  private static String text(MemorySegment source, long at, int length) {
    return new String(bytes(source, at, length), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(MemorySegment source, long at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(source, JAVA_BYTE, at, bytes, 0, length);
    return bytes;
  }
}
