package dev.topics.engine.topic;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.topics.engine.record.OperationLayout;
import dev.topics.engine.record.Picks;
import dev.topics.engine.record.Varints;
import dev.topics.storage.journal.Frame;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Copies of records that lie in the journal, logged as a reference to them, and the cursor that
/// moves with them.
///
/// ```text
/// FORWARD (topic: the destination)
///    1  1  flags: 1 there are tags, 2 without nodes, 4 without tags, 8 stamped, 16 plain
///    2  1  hops                      3  1  0
///   16  numbers as Varints writes them:
///       first seq, ts, position of the frame that holds the APPEND, number of records,
///       bytes of data and meta of all of them, router;
///       unless plain: where in the payload of that frame, first record, seqs of the source that
///       the cursor moves on (else 0, 0, and as many as there are records);
///       if stamped: source (0 = the only one), seq of the first record there,
///       bytes of the router's name, bytes of the source's name
///    …  if stamped: both names, ASCII
///    …  padding to a multiple of 8
///    …  bitmap, unless the records follow one another: bit i is record `first + i`
/// ```
///
/// The usual one takes 40 bytes.
///
/// @param advance seqs of the source that the cursor moves on
public record Forward(
    long topicId, long firstSeq, long ts, int hops, int router, int advance, Reference to)
    implements RouterOperation {
  private static final int FLAG_TAGS = 1;
  private static final int FLAG_NO_NODE = 2;
  private static final int FLAG_NO_TAG = 4;
  private static final int FLAG_STAMPED = 8;
  private static final int FLAG_PLAIN = 16;

  /// Where a copy came from, as it tells in its `meta`.
  ///
  /// @param sourceId 0 for the only source
  /// @param seqBase the seq in the source of record 0 of the APPEND
  public record Stamp(long sourceId, long seqBase, String router, String source) {
    int encodedBytes(int first) {
      return Varints.bytes(sourceId)
          + Varints.bytes(seqBase + first)
          + Varints.bytes(router.length())
          + Varints.bytes(source.length())
          + router.length()
          + source.length();
    }

    /// Returns where it ends.
    long encode(MemorySegment target, long start, int first) {
      long at = Varints.put(target, start, sourceId);
      at = Varints.put(target, at, seqBase + first);
      at = Varints.put(target, at, router.length());
      at = Varints.put(target, at, source.length());
      byte[] names = (router + source).getBytes(StandardCharsets.US_ASCII);
      MemorySegment.copy(names, 0, target, JAVA_BYTE, at, names.length);
      return at + names.length;
    }

    static Stamp decode(MemorySegment segment, Varints in, int first) {
      long sourceId = in.next();
      long seqBase = in.next() - first;
      int router = in.nextInt();
      byte[] names = new byte[router + in.nextInt()];
      MemorySegment.copy(segment, JAVA_BYTE, in.position(), names, 0, names.length);
      String both = new String(names, StandardCharsets.US_ASCII);
      return new Stamp(sourceId, seqBase, both.substring(0, router), both.substring(router));
    }

    /// Bytes of the names, which stand behind the numbers.
    int nameBytes() {
      return router.length() + source.length();
    }
  }

  /// Records of an APPEND in the journal.
  ///
  /// @param position of its frame
  /// @param offset of the operation in the payload of the frame
  /// @param bitmap empty if the records follow one another
  public record Reference(
      long position,
      int offset,
      int first,
      int count,
      BitSet bitmap,
      int payloadBytes,
      boolean tagged,
      boolean keepNode,
      boolean keepTag,
      @Nullable Stamp stamp) {

    /// Which records are meant.
    void pick(Picks picks) {
      picks.clear();
      if (bitmap.isEmpty()) {
        picks.addRange(first, first + count);
      } else {
        picks.addAll(bitmap, first);
      }
    }

    /// Where the APPEND starts in the segment of `frame`.
    long operation(Frame frame) {
      return frame.payloadOffset() + offset;
    }
  }

  static long firstSeq(MemorySegment source, long at) {
    return new Varints(source, at + OperationLayout.HEADER_BYTES).next();
  }

  /// The operation at `at`.
  public static Forward decode(MemorySegment source, long at) {
    int flags = source.get(JAVA_BYTE, at + 1);
    boolean plain = (flags & FLAG_PLAIN) != 0;
    Varints in = new Varints(source, at + OperationLayout.HEADER_BYTES);
    long firstSeq = in.next();
    long ts = in.next();
    long position = in.next();
    int count = in.nextInt();
    int payloadBytes = in.nextInt();
    int router = in.nextInt();
    int offset = plain ? 0 : in.nextInt();
    int first = plain ? 0 : in.nextInt();
    int advance = plain ? count : in.nextInt();
    Stamp stamp = (flags & FLAG_STAMPED) == 0 ? null : Stamp.decode(source, in, first);
    long end = in.position() + (stamp == null ? 0 : stamp.nameBytes());
    Reference to =
        new Reference(
            position,
            offset,
            first,
            count,
            bitmap(source, at, OperationLayout.aligned(end - at)),
            payloadBytes,
            (flags & FLAG_TAGS) != 0,
            (flags & FLAG_NO_NODE) == 0,
            (flags & FLAG_NO_TAG) == 0,
            stamp);
    int hops = RouterOperation.hopsOf(source, at);
    return new Forward(
        OperationLayout.topicId(source, at), firstSeq, ts, hops, router, advance, to);
  }

  private static BitSet bitmap(MemorySegment source, long at, int start) {
    int words = (OperationLayout.length(source, at) - start) / Long.BYTES;
    if (words == 0) {
      return new BitSet(0);
    }
    long[] bits = new long[words];
    for (int i = 0; i < words; i++) {
      bits[i] = OperationLayout.getLong(source, at + start + (long) i * Long.BYTES);
    }
    return BitSet.valueOf(bits);
  }

  private boolean isPlain() {
    return to.offset() == 0 && to.first() == 0 && advance == to.count();
  }

  @Override
  public int encodedBytes() {
    Stamp stamp = to.stamp();
    int numbers =
        Varints.bytes(firstSeq)
            + Varints.bytes(ts)
            + Varints.bytes(to.position())
            + Varints.bytes(to.count())
            + Varints.bytes(to.payloadBytes())
            + Varints.bytes(router);
    if (!isPlain()) {
      numbers += Varints.bytes(to.offset()) + Varints.bytes(to.first()) + Varints.bytes(advance);
    }
    int stamped = stamp == null ? 0 : stamp.encodedBytes(to.first());
    return OperationLayout.aligned(OperationLayout.HEADER_BYTES + numbers + stamped)
        + (to.bitmap().length() + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
  }

  @Override
  public void encode(MemorySegment target, long start) {
    Stamp stamp = to.stamp();
    int flags =
        (to.tagged() ? FLAG_TAGS : 0)
            | (to.keepNode() ? 0 : FLAG_NO_NODE)
            | (to.keepTag() ? 0 : FLAG_NO_TAG)
            | (stamp == null ? 0 : FLAG_STAMPED)
            | (isPlain() ? FLAG_PLAIN : 0);
    OperationLayout.putHeader(target, start, FORWARD, flags | hops << 8, encodedBytes(), topicId);
    long at = encodeNumbers(target, start + OperationLayout.HEADER_BYTES);
    if (stamp != null) {
      at = stamp.encode(target, at, to.first());
    }
    for (long aligned = start + OperationLayout.aligned(at - start); at < aligned; at++) {
      target.set(JAVA_BYTE, at, (byte) 0);
    }
    for (long word : to.bitmap().toLongArray()) {
      OperationLayout.putLong(target, at, word);
      at += Long.BYTES;
    }
  }

  private long encodeNumbers(MemorySegment target, long start) {
    long at = Varints.put(target, start, firstSeq);
    at = Varints.put(target, at, ts);
    at = Varints.put(target, at, to.position());
    at = Varints.put(target, at, to.count());
    at = Varints.put(target, at, to.payloadBytes());
    at = Varints.put(target, at, router);
    if (!isPlain()) {
      at = Varints.put(target, at, to.offset());
      at = Varints.put(target, at, to.first());
      at = Varints.put(target, at, advance);
    }
    return at;
  }

  /// Applies it to the destination, less its tags.
  ///
  /// @param position of the frame that holds it
  void applyTo(Topic topic, long position) {
    topic.applyForward(firstSeq, to.count(), to.payloadBytes(), ts, position);
  }

  void applyTo(RouterState routers) {
    routers.hopped(topicId, firstSeq, firstSeq + to.count() - 1, hops);
    Stamp stamp = to.stamp();
    routers.advanced(router, stamp == null ? 0 : stamp.sourceId(), advance, to.count());
  }
}
