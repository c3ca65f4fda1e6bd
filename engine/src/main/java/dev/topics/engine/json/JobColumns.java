package dev.topics.engine.json;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Those records of one write that say something about themselves as jobs of a queue, in the order
/// of the records; usually none.
///
/// **Threading** One thread at a time.
public final class JobColumns {
  /// Priorities go from 0 to this one.
  public static final int PRIORITY_MAX = 9;

  /// Most bytes of an order key, as UTF-8.
  public static final int ORDER_KEY_BYTES_MAX = 256;

  /// The last moment that can be waited for, ms since the Unix epoch.
  public static final long DELIVER_AT_MAX = 1L << 52;

  private int[] records = new int[4];
  private long[] times = new long[4];
  private boolean[] relative = new boolean[4];
  private byte[] priorities = new byte[4];
  private byte[] @Nullable [] keys = new byte[4][];
  private int rows;
  private int keyBytes;

  JobColumns() {}

  void clear() {
    Arrays.fill(keys, 0, rows, null);
    rows = 0;
    keyBytes = 0;
  }

  /// The row of `record`, the last one or a new one.
  private int row(int record) {
    if (rows > 0 && records[rows - 1] == record) {
      return rows - 1;
    }
    if (rows == records.length) {
      int capacity = 2 * rows;
      records = Arrays.copyOf(records, capacity);
      times = Arrays.copyOf(times, capacity);
      relative = Arrays.copyOf(relative, capacity);
      priorities = Arrays.copyOf(priorities, capacity);
      keys = Arrays.copyOf(keys, capacity);
    }
    records[rows] = record;
    times[rows] = 0;
    relative[rows] = false;
    priorities[rows] = 0;
    keys[rows] = null;
    return rows++;
  }

  /// Takes back what an earlier occurrence of `field` said about `record`.
  void unset(int record, String field) {
    if (rows == 0 || records[rows - 1] != record) {
      return;
    }
    switch (field) {
      case "delay_ms", "deliver_at" -> deliverNotBefore(record, 0);
      case "priority" -> priority(record, 0);
      case "order_key" -> orderKey(record, null);
      default -> {}
    }
  }

  void delay(int record, long millis) {
    int row = row(record);
    times[row] = Math.min(millis, DELIVER_AT_MAX);
    relative[row] = true;
  }

  void deliverNotBefore(int record, long millis) {
    int row = row(record);
    times[row] = Math.min(millis, DELIVER_AT_MAX);
    relative[row] = false;
  }

  void priority(int record, int priority) {
    priorities[row(record)] = (byte) priority;
  }

  void orderKey(int record, byte @Nullable [] utf8) {
    int row = row(record);
    byte[] before = keys[row];
    keyBytes += (utf8 == null ? 0 : utf8.length) - (before == null ? 0 : before.length);
    keys[row] = utf8;
  }

  public int rows() {
    return rows;
  }

  /// Bytes of all order keys together.
  public int keyBytes() {
    return keyBytes;
  }

  /// Which record of the write it is.
  public int record(int row) {
    return records[row];
  }

  /// The moment, ms, before which nobody gets the job, if it is written at `nowMillis`; 0 for none.
  public long deliverAt(int row, long nowMillis) {
    long time = times[row];
    return time > 0 && relative[row] ? Math.min(nowMillis + time, DELIVER_AT_MAX) : time;
  }

  /// 0 to [#PRIORITY_MAX]; the highest first.
  public int priority(int row) {
    return priorities[row];
  }

  /// Jobs with the same key run one after the other; UTF-8, null for none.
  public byte @Nullable [] orderKey(int row) {
    return keys[row];
  }
}
