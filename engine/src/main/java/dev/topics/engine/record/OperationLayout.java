package dev.topics.engine.record;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The bytes of operations, the payload of a frame: one after another, each starting at a multiple
/// of 8, all numbers little-endian.
///
/// ```text
/// header of each operation
///    0  1  type      1  1  flags     2  1  hops of records that were forwarded      3  1  0
///    4  4  length, with header and padding       8  8  topic id
/// APPEND
///   16  8  first seq                24  8  ts
///   32  4  record count             36  4  bytes of the idempotency key
///   40  4  bytes of all tags        44  4  bytes of all bodies
///   48  8  bytes of data and meta of all records
///   56  record table, 16 bytes each
///          0  4  end of the body, from the start of the bodies
///          4  4  offset of the value of meta in the body, 0 = none
///          8  4  end of the tag, from the start of the tags; bit 31: there is a tag
///         12  2  offset of the value of data in the body
///         14  2  bytes between the quotes of the node, 65535 = none
///    …  tags, UTF-8, back to back
///    …  bodies, joined by commas
///    …  idempotency key, UTF-8
/// RESERVE
///   16  8  head                     24  8  last reserved seq
/// EVICT
///   16  removed: logged records 8, their bytes 8, records in memory only 8, their bytes 8
///   48  8  evict floor              56  4  reason     60  4  0
/// DELETE
///   16  removed, as above           48  8  number of ranges
///   56  ranges: first seq 8, last seq 8 (inclusive), bytes of data and meta that go with it 8
/// TOPIC_PUT
///   16  8  ttl ms     24  8  cap records   32  8  cap bytes   40  8  idempotency window ms
///   48  8  lease ms   56  8  claim jitter ms                  64  8  max deliveries
///   72  4  priority   76  1  type   77  1  discard   78  1  durability   79  1  switches
///   80  2  bytes of the name        82  2  bytes of the dead letter's name, 65535 = none
///   84  name, name of the dead letter; if the backoff is set: number of steps 2, each in ms 8
///       switches: 1 priority is set, 2 auto_priority, 4 auto_create, 8 dedupe_node,
///       16 leases_durable, 32 the backoff is set
/// TOPIC_DROP
///   nothing but the header
/// GAPS_SETTLED
///   nothing but the header, of topic 0
/// flags of APPEND: 1 at least one record has a tag
/// flags of RESERVE and DELETE: 1 the records that are lost were given up by a repair
/// 16 to 20: see JobOperation
/// 32 to 37: see RouterOperation and Forward
/// 48: see PackInstall
/// reason, type, discard, durability: numbers of StoredCode
/// ```
public final class OperationLayout {
  public static final int APPEND = 1;
  public static final int RESERVE = 2;
  public static final int EVICT = 3;
  public static final int DELETE = 4;
  public static final int TOPIC_PUT = 5;
  public static final int TOPIC_DROP = 6;
  public static final int GAPS_SETTLED = 7;

  /// In RESERVE and DELETE: what is lost was given up by a repair.
  public static final int FLAG_CORRUPT = 1;

  public static final int HEADER_BYTES = 16;

  public static final long NO_RECORDS = 0;

  public static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private OperationLayout() {}

  public static int type(MemorySegment segment, long at) {
    return segment.get(JAVA_BYTE, at) & 0xFF;
  }

  public static boolean isCorrupt(MemorySegment segment, long at) {
    return (segment.get(JAVA_BYTE, at + 1) & FLAG_CORRUPT) != 0;
  }

  public static int length(MemorySegment segment, long at) {
    return segment.get(INT, at + 4);
  }

  public static long topicId(MemorySegment segment, long at) {
    return segment.get(LONG, at + 8);
  }

  public static void putHeader(
      MemorySegment segment, long at, int type, int flags, int length, long topicId) {
    segment.set(INT, at, type | flags << 8);
    segment.set(INT, at + 4, length);
    segment.set(LONG, at + 8, topicId);
  }

  /// `length` rounded up to a multiple of 8.
  public static int aligned(long length) {
    return Math.toIntExact((length + 7) & ~7L);
  }

  public static long getLong(MemorySegment segment, long at) {
    return segment.get(LONG, at);
  }

  public static void putLong(MemorySegment segment, long at, long value) {
    segment.set(LONG, at, value);
  }

  public static int getInt(MemorySegment segment, long at) {
    return segment.get(INT, at);
  }

  public static void putInt(MemorySegment segment, long at, int value) {
    segment.set(INT, at, value);
  }

  public static int getUnsignedShort(MemorySegment segment, long at) {
    return segment.get(SHORT, at) & 0xFFFF;
  }

  public static void putShort(MemorySegment segment, long at, int value) {
    segment.set(SHORT, at, (short) value);
  }

  public static void putRemoved(MemorySegment segment, long at, Removed removed) {
    segment.set(LONG, at, removed.loggedRecords());
    segment.set(LONG, at + 8, removed.loggedBytes());
    segment.set(LONG, at + 16, removed.memoryRecords());
    segment.set(LONG, at + 24, removed.memoryBytes());
  }

  public static Removed getRemoved(MemorySegment segment, long at) {
    Removed removed = new Removed();
    removed.add(false, segment.get(LONG, at), segment.get(LONG, at + 8));
    removed.add(true, segment.get(LONG, at + 16), segment.get(LONG, at + 24));
    return removed;
  }

  /// The fields of APPEND.
  public static final class Append {
    public static final int TABLE = 56;
    public static final int ENTRY_BYTES = 16;
    public static final int FLAG_TAGS = 1;
    public static final int TAG_PRESENT = 1 << 31;
    public static final int NO_NODE = 0xFFFF;

    private Append() {}

    static boolean hasTags(MemorySegment segment, long at) {
      return (segment.get(JAVA_BYTE, at + 1) & FLAG_TAGS) != 0;
    }

    public static long firstSeq(MemorySegment segment, long at) {
      return segment.get(LONG, at + 16);
    }

    static long ts(MemorySegment segment, long at) {
      return segment.get(LONG, at + 24);
    }

    public static int count(MemorySegment segment, long at) {
      return segment.get(INT, at + 32);
    }

    public static int keyBytes(MemorySegment segment, long at) {
      return segment.get(INT, at + 36);
    }

    static int tagBytes(MemorySegment segment, long at) {
      return segment.get(INT, at + 40);
    }

    static int bodiesBytes(MemorySegment segment, long at) {
      return segment.get(INT, at + 44);
    }

    public static long payloadBytes(MemorySegment segment, long at) {
      return segment.get(LONG, at + 48);
    }

    public static long keyOffset(MemorySegment segment, long at) {
      return at
          + TABLE
          + (long) count(segment, at) * ENTRY_BYTES
          + tagBytes(segment, at)
          + bodiesBytes(segment, at);
    }

    static int bodyEnd(MemorySegment segment, long table, int i) {
      return segment.get(INT, table + (long) i * ENTRY_BYTES);
    }

    static int metaOffset(MemorySegment segment, long table, int i) {
      return segment.get(INT, table + (long) i * ENTRY_BYTES + 4);
    }

    static int tagEnd(MemorySegment segment, long table, int i) {
      return segment.get(INT, table + (long) i * ENTRY_BYTES + 8);
    }

    static int dataOffset(MemorySegment segment, long table, int i) {
      return segment.get(SHORT, table + (long) i * ENTRY_BYTES + 12) & 0xFFFF;
    }

    static int nodeLength(MemorySegment segment, long table, int i) {
      return segment.get(SHORT, table + (long) i * ENTRY_BYTES + 14) & 0xFFFF;
    }

    public static void put(
        MemorySegment segment,
        long at,
        long firstSeq,
        long ts,
        int count,
        int keyBytes,
        int tagBytes,
        int bodiesBytes,
        long payloadBytes) {
      segment.set(LONG, at + 16, firstSeq);
      segment.set(LONG, at + 24, ts);
      segment.set(INT, at + 32, count);
      segment.set(INT, at + 36, keyBytes);
      segment.set(INT, at + 40, tagBytes);
      segment.set(INT, at + 44, bodiesBytes);
      segment.set(LONG, at + 48, payloadBytes);
    }
  }
}
