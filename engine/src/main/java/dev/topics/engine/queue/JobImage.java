package dev.topics.engine.queue;

import dev.topics.engine.topic.EngineTime;
import dev.topics.engine.topic.JobState;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The jobs of a queue as they were at some moment, and as bytes for a checkpoint; all numbers
/// little-endian.
///
/// ```text
///    0  8  number of jobs            8  8  jobs moved to the dead letter so far
///   16  jobs, ascending by seq
///          0  8  seq                 8  8  waits since, ms, less its priority
///         16  8  lease or delay is over, ms since the Unix epoch
///         24  8  token              32  4  deliveries
///         36  4  bytes of the error, -1 = none
///         40  2  bytes of the node, 65535 = none
///         42  2  bytes of the order key, 65535 = none
///         44  1  phase, see JobSlots 45  1  priority            46  2  0
///         48  node, order key, error, UTF-8
/// ```
final class JobImage implements JobState.Image {
  private static final int HEADER_BYTES = 16;
  private static final int JOB_BYTES = 48;
  private static final int NONE = 0xFFFF;

  /// Some less than an array may have at most.
  private static final long BYTES_MAX = Integer.MAX_VALUE - 64;

  private static final byte[] NOTHING = {};

  private final JobSlots slots;
  private final int size;
  private final @Nullable String[] nodes;
  private final long deadLettered;
  private final long toWallMillis;

  /// @param slots as they were
  /// @param size how many of them are used
  /// @param nodes by the numbers of holders
  /// @param deadLettered jobs moved to the dead letter so far
  /// @param toWallMillis what steady time lacked to the time on the wall
  JobImage(
      JobSlots slots, int size, @Nullable String[] nodes, long deadLettered, long toWallMillis) {
    this.slots = slots;
    this.size = size;
    this.nodes = nodes;
    this.deadLettered = deadLettered;
    this.toWallMillis = toWallMillis;
  }

  JobSlots slots() {
    return slots;
  }

  /// Who holds the job; null for nobody.
  @Nullable String node(int slot) {
    int holder = slots.holder(slot);
    return holder == JobSlots.NONE ? null : nodes[holder];
  }

  /// The time of the job as the clock on the wall shows it.
  long wallMillis(int slot) {
    return slots.time(slot) + toWallMillis;
  }

  @Override
  public byte[] encode() throws IOException {
    ByteBuffer out = buffer(capacity(0, HEADER_BYTES + (long) JOB_BYTES * size + 64));
    out.putLong(size).putLong(deadLettered);
    for (int slot : ascending()) {
      out = put(slot, out);
    }
    byte[] image = new byte[out.position()];
    out.flip().get(image);
    return image;
  }

  /// The slots in use, by their seqs.
  private int[] ascending() {
    long[] seqs = new long[size];
    int found = 0;
    for (int slot = 0; slot < slots.endSlot(); slot++) {
      if (slots.isUsed(slot)) {
        seqs[found++] = slots.seq(slot);
      }
    }
    Arrays.sort(seqs);
    int[] sorted = new int[size];
    for (int slot = 0; slot < slots.endSlot(); slot++) {
      if (slots.isUsed(slot)) {
        sorted[Arrays.binarySearch(seqs, slots.seq(slot))] = slot;
      }
    }
    return sorted;
  }

  /// How large a buffer of `capacity` bytes, all of them in use, is to become to take `bytes` more.
  ///
  /// @throws IOException if no array holds that much
  static int capacity(int capacity, long bytes) throws IOException {
    if (bytes > BYTES_MAX - capacity) {
      throw new IOException(
          "the jobs of one queue need more than the 2 GiB that a picture may have");
    }
    return (int) Math.min(BYTES_MAX, capacity + Math.max(bytes, capacity));
  }

  private ByteBuffer put(int slot, ByteBuffer target) throws IOException {
    byte[] error = slots.error(slot);
    String holder = node(slot);
    byte[] node = holder == null ? null : utf8(holder);
    String orderKey = slots.orderKey(slot);
    byte[] key = orderKey == null ? null : utf8(orderKey);
    int bytes = JOB_BYTES + length(node) + length(key) + length(error);
    ByteBuffer out = target;
    if (out.remaining() < bytes) {
      out = buffer(capacity(out.capacity(), bytes));
      out.put(target.flip());
    }
    out.putLong(slots.seq(slot)).putLong(slots.waits(slot)).putLong(wallMillis(slot));
    out.putLong(slots.token(slot)).putInt(slots.deliveries(slot));
    out.putInt(error == null ? -1 : error.length);
    out.putShort((short) (node == null ? NONE : node.length));
    out.putShort((short) (key == null ? NONE : key.length));
    out.put(slots.phase(slot)).put(slots.priority(slot)).putShort((short) 0);
    return out.put(orNothing(node)).put(orNothing(key)).put(orNothing(error));
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }

  private static byte[] orNothing(byte @Nullable [] bytes) {
    return bytes == null ? NOTHING : bytes;
  }

  static void decode(Jobs jobs, EngineTime time, MemorySegment source, long at, long bytes) {
    byte[] copy = source.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
    ByteBuffer in = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    long size = in.getLong();
    jobs.deadLettered(in.getLong());
    for (long i = 0; i < size; i++) {
      int start = in.position();
      int errorBytes = in.getInt(start + 36);
      int nodeBytes = in.getShort(start + 40) & NONE;
      int keyBytes = in.getShort(start + 42) & NONE;
      in.position(start + JOB_BYTES);
      String node = nodeBytes == NONE ? null : text(in, nodeBytes);
      String key = keyBytes == NONE ? null : text(in, keyBytes);
      byte[] error = errorBytes < 0 ? null : bytes(in, errorBytes);
      int slot = jobs.restore(in.getLong(start), key, error);
      JobTable table = jobs.table();
      table.waits(slot, in.getLong(start + 8));
      table.time(slot, time.steady(in.getLong(start + 16)));
      table.token(slot, in.getLong(start + 24));
      table.deliveries(slot, in.getInt(start + 32));
      table.priority(slot, in.get(start + 45));
      jobs.restorePhase(slot, in.get(start + 44), node);
    }
  }

  private static String text(ByteBuffer in, int length) {
    return new String(bytes(in, length), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
