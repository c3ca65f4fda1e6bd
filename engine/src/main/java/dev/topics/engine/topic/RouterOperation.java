package dev.topics.engine.topic;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.model.Guarantee;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.CopiedRecords;
import dev.topics.engine.record.OperationLayout;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Operations of routers; for FORWARD see [Forward].
///
/// ```text
/// SOURCE_TRIM (topic: the destination): records were lost before they could be forwarded
///    2  1  hops
///   16  8  first seq of the gap      24  8  last seq of the gap
///   32  4  router                    36  4  0
///   40  8  source                    48  8  cursor
/// ROUTER_PUT (topic: the destination)
///   16  4  router    20  1  switches    21  3  0
///   24  8  source, 0 = a pattern
///   32  2  bytes of the name    34  2  of the source    36  2  of the destination    38  2  0
///   40  4  bytes of the filter  44  4  number of cursors
///   48  cursors: source 8, seq 8
///    …  name, source, destination, filter; UTF-8
///       switches: 1 preserve_node, 2 preserve_tag, 4 allow_cycle, 8 exactly_once,
///       16 filter by tag, 32 filter by prefix
/// ROUTER_DROP (topic: 0)
///   16  4  router    20  4  0
/// ROUTER_CURSOR (topic: the source): everything up to the cursor was forwarded or passed over
///   16  4  router    20  4  0
///   24  8  cursor
/// ROUTER_CARRIED (topic: the source): so was everything up to the cursor, as copies that the same
/// frame holds as an APPEND, or that live in memory
///    2  1  hops
///   16  4  router    20  4  number of copies
///   24  8  cursor
///   32  8  destination                40  8  first seq there
/// ```
public sealed interface RouterOperation extends Operation
    permits Forward,
        RouterOperation.Copies,
        RouterOperation.Trim,
        RouterOperation.Put,
        RouterOperation.Drop,
        RouterOperation.Cursor,
        RouterOperation.Carried {
  int FORWARD = 32;
  int SOURCE_TRIM = 33;
  int ROUTER_PUT = 34;
  int ROUTER_DROP = 35;
  int ROUTER_CURSOR = 36;
  int ROUTER_CARRIED = 37;

  /// Whether operations of this type are about routers.
  static boolean is(int type) {
    return type >= FORWARD && type <= ROUTER_CARRIED;
  }

  /// How often records were forwarded before.
  static int hopsOf(MemorySegment source, long at) {
    return source.get(JAVA_BYTE, at + 2) & 0xFF;
  }

  /// Copies of records that are not in the journal, or for a topic in memory: an APPEND.
  record Copies(long topicId, CopiedRecords records) implements RouterOperation {
    @Override
    public int encodedBytes() {
      return records.operationBytes();
    }

    @Override
    public void encode(MemorySegment target, long at) {
      records.write(target, at, topicId);
    }
  }

  /// Seqs of the destination stand for what the source lost.
  record Trim(long topicId, long first, long last, int hops, int router, long sourceId, long cursor)
      implements RouterOperation {
    private static final int BYTES = 56;

    @Override
    public int encodedBytes() {
      return BYTES;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, SOURCE_TRIM, hops << 8, BYTES, topicId);
      OperationLayout.putLong(target, at + 16, first);
      OperationLayout.putLong(target, at + 24, last);
      OperationLayout.putLong(target, at + 32, router);
      OperationLayout.putLong(target, at + 40, sourceId);
      OperationLayout.putLong(target, at + 48, cursor);
    }

    static void apply(MemorySegment source, long at, Topic topic) {
      topic.applyTrim(
          OperationLayout.getLong(source, at + 16), OperationLayout.getLong(source, at + 24));
    }

    static void apply(MemorySegment source, long at, RouterState routers) {
      routers.hopped(
          OperationLayout.topicId(source, at),
          OperationLayout.getLong(source, at + 16),
          OperationLayout.getLong(source, at + 24),
          hopsOf(source, at));
      routers.moved(
          OperationLayout.getInt(source, at + 32),
          OperationLayout.getLong(source, at + 40),
          OperationLayout.getLong(source, at + 48),
          0);
    }
  }

  /// A source, and the cursor where a router begins.
  record Start(long sourceId, long cursor) {}

  /// The router exists and has this configuration; some of its cursors are set.
  record Put(long topicId, int router, RouterConfig config, long sourceId, List<Start> starts)
      implements RouterOperation {
    private static final int FIXED_BYTES = 48;

    @Override
    public int encodedBytes() {
      int names =
          config.name().value().length()
              + config.source().text().length()
              + config.dest().value().length();
      return OperationLayout.aligned(
          FIXED_BYTES + 16L * starts.size() + names + filterBytes().length);
    }

    private byte[] filterBytes() {
      String text =
          switch (config.filter()) {
            case TagMatch.Exact(String tag) -> tag;
            case TagMatch.Prefix(String prefix) -> prefix;
            case null -> "";
          };
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void encode(MemorySegment target, long at) {
      target.asSlice(at, encodedBytes()).fill((byte) 0);
      OperationLayout.putHeader(target, at, ROUTER_PUT, 0, encodedBytes(), topicId);
      OperationLayout.putInt(target, at + 16, router);
      target.set(JAVA_BYTE, at + 20, (byte) switches());
      OperationLayout.putLong(target, at + 24, sourceId);
      OperationLayout.putShort(target, at + 32, config.name().value().length());
      OperationLayout.putShort(target, at + 34, config.source().text().length());
      OperationLayout.putShort(target, at + 36, config.dest().value().length());
      byte[] filter = filterBytes();
      OperationLayout.putInt(target, at + 40, filter.length);
      OperationLayout.putInt(target, at + 44, starts.size());
      long behind = at + FIXED_BYTES;
      for (Start start : starts) {
        OperationLayout.putLong(target, behind, start.sourceId());
        OperationLayout.putLong(target, behind + 8, start.cursor());
        behind += 16;
      }
      behind = putText(target, behind, config.name().value());
      behind = putText(target, behind, config.source().text());
      behind = putText(target, behind, config.dest().value());
      MemorySegment.copy(filter, 0, target, JAVA_BYTE, behind, filter.length);
    }

    private static long putText(MemorySegment target, long at, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      MemorySegment.copy(bytes, 0, target, JAVA_BYTE, at, bytes.length);
      return at + bytes.length;
    }

    private int switches() {
      int filter =
          switch (config.filter()) {
            case TagMatch.Exact _ -> 16;
            case TagMatch.Prefix _ -> 32;
            case null -> 0;
          };
      return filter
          | (config.preserveNode() ? 1 : 0)
          | (config.preserveTag() ? 2 : 0)
          | (config.allowCycle() ? 4 : 0)
          | (config.guarantee() == Guarantee.EXACTLY_ONCE ? 8 : 0);
    }

    /// Topics that are gone, because a checkpoint came too late for them, are stood in for.
    static void apply(MemorySegment source, long at, TopicTable topics, long lsn) {
      int count = OperationLayout.getInt(source, at + 44);
      RouterConfig config = config(source, at, at + FIXED_BYTES + 16L * count);
      TopicName only = config.source() instanceof RouterSource.One(var name) ? name : null;
      Map<Topic, Long> starts = new LinkedHashMap<>();
      for (long start = at + FIXED_BYTES; count > 0; count--, start += 16) {
        long id = OperationLayout.getLong(source, start);
        Topic topic = topics.knownOrGone(id, only == null ? config.dest() : only);
        starts.put(topic, OperationLayout.getLong(source, start + 8));
      }
      long sourceId = OperationLayout.getLong(source, at + 24);
      topics
          .routers()
          .put(
              OperationLayout.getInt(source, at + 16),
              config,
              only == null ? null : topics.knownOrGone(sourceId, only),
              topics.knownOrGone(OperationLayout.topicId(source, at), config.dest()),
              starts,
              lsn);
    }

    private static RouterConfig config(MemorySegment source, long at, long names) {
      int switches = source.get(JAVA_BYTE, at + 20);
      int nameBytes = OperationLayout.getUnsignedShort(source, at + 32);
      int sourceBytes = OperationLayout.getUnsignedShort(source, at + 34);
      int destBytes = OperationLayout.getUnsignedShort(source, at + 36);
      int filterBytes = OperationLayout.getInt(source, at + 40);
      long filterAt = names + nameBytes + sourceBytes + destBytes;
      String filter = text(source, filterAt, filterBytes);
      return new RouterConfig(
          new RouterName(text(source, names, nameBytes)),
          RouterSource.of(text(source, names + nameBytes, sourceBytes)),
          new TopicName(text(source, names + nameBytes + sourceBytes, destBytes)),
          (switches & 1) != 0,
          (switches & 2) != 0,
          filter(switches, filter),
          (switches & 4) != 0,
          (switches & 8) != 0 ? Guarantee.EXACTLY_ONCE : Guarantee.AT_LEAST_ONCE);
    }

    private static @Nullable TagMatch filter(int switches, String text) {
      if ((switches & 16) != 0) {
        return new TagMatch.Exact(text);
      }
      return (switches & 32) != 0 ? new TagMatch.Prefix(text) : null;
    }
  }

  /// The router is gone.
  record Drop(int router) implements RouterOperation {
    @Override
    public long topicId() {
      return 0;
    }

    @Override
    public int encodedBytes() {
      return OperationLayout.HEADER_BYTES + 8;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, ROUTER_DROP, 0, encodedBytes(), 0);
      OperationLayout.putLong(target, at + 16, router);
    }
  }

  /// Everything up to `cursor` was forwarded or passed over.
  record Cursor(long topicId, int router, long cursor) implements RouterOperation {
    private static final int BYTES = 32;

    @Override
    public int encodedBytes() {
      return BYTES;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, ROUTER_CURSOR, 0, BYTES, topicId);
      OperationLayout.putLong(target, at + 16, router);
      OperationLayout.putLong(target, at + 24, cursor);
    }

    static void apply(MemorySegment source, long at, RouterState routers) {
      routers.moved(
          OperationLayout.getInt(source, at + 16),
          OperationLayout.topicId(source, at),
          OperationLayout.getLong(source, at + 24),
          0);
    }
  }

  /// The cursor that goes with copies of which the bytes were at hand.
  ///
  /// @param topicId of the source
  record Carried(
      long topicId, int router, long cursor, long destId, long firstSeq, int copies, int hops)
      implements RouterOperation {
    private static final int BYTES = 48;

    @Override
    public int encodedBytes() {
      return BYTES;
    }

    @Override
    public void encode(MemorySegment target, long at) {
      OperationLayout.putHeader(target, at, ROUTER_CARRIED, hops << 8, BYTES, topicId);
      OperationLayout.putInt(target, at + 16, router);
      OperationLayout.putInt(target, at + 20, copies);
      OperationLayout.putLong(target, at + 24, cursor);
      OperationLayout.putLong(target, at + 32, destId);
      OperationLayout.putLong(target, at + 40, firstSeq);
    }

    static void apply(MemorySegment source, long at, RouterState routers) {
      int copies = OperationLayout.getInt(source, at + 20);
      long first = OperationLayout.getLong(source, at + 40);
      routers.hopped(
          OperationLayout.getLong(source, at + 32), first, first + copies - 1, hopsOf(source, at));
      routers.moved(
          OperationLayout.getInt(source, at + 16),
          OperationLayout.topicId(source, at),
          OperationLayout.getLong(source, at + 24),
          copies);
    }
  }

  private static String text(MemorySegment source, long at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(source, JAVA_BYTE, at, bytes, 0, length);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
