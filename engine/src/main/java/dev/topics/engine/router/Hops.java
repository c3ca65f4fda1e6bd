package dev.topics.engine.router;

import dev.topics.engine.topic.RouterState;
import dev.topics.storage.search.Bisection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// How often the records of a topic were forwarded before they came there: ascending ranges of
/// seqs. What is in no range was written by a client, or long ago. Immutable.
///
/// Kept apart from the records, so that it does not matter where they are stored; and only as far
/// as some router has still to forward them. A router that stands still may leave very many ranges.
///
/// **Threading** Any thread; [#with] under the commit lock, and only of the newest: it writes into
/// the array that the older ones share, where none of them looks.
final class Hops {
  static final Hops NONE = new Hops(new long[0], 0, 0, 0);

  private static final int FIELDS = 3;
  private static final int LONG_RANGES = 4;
  private static final int ROOM_MIN = FIELDS * 2 * LONG_RANGES;

  /// First seq, last seq and hops of each range, from `start` to `end`.
  private final long[] ranges;

  private final int start;
  private final int end;

  /// The last seq of the last range; in the array only when it grows no more.
  private final long last;

  private Hops(long[] ranges, int start, int end, long last) {
    this.ranges = ranges;
    this.start = start;
    this.end = end;
    this.last = last;
  }

  /// The ranges, as those of a topic.
  List<RouterState.Hops> of(long topicId) {
    List<RouterState.Hops> all = new ArrayList<>((end - start) / FIELDS);
    for (int i = start; i < end; i += FIELDS) {
      all.add(new RouterState.Hops(topicId, ranges[i], lastOf(i), (int) ranges[i + 2]));
    }
    return all;
  }

  /// Whether it is worth trimming.
  boolean isLong() {
    return end - start > FIELDS * LONG_RANGES;
  }

  /// The last seq of the first range.
  long firstEnd() {
    return lastOf(start);
  }

  /// These and the seqs from `first` to `newLast`, which lie above all others.
  Hops with(long first, long newLast, int hops) {
    if (end > start && last + 1 == first && ranges[end - 1] == hops) {
      return new Hops(ranges, start, end, newLast);
    }
    boolean fits = end + FIELDS <= ranges.length;
    int live = end - start;
    long[] room =
        fits ? ranges : Arrays.copyOfRange(ranges, start, start + Math.max(ROOM_MIN, 2 * live));
    int from = fits ? start : 0;
    int at = from + live;
    if (live > 0) {
      room[at - 2] = last;
    }
    room[at] = first;
    room[at + 2] = hops;
    return new Hops(room, from, at + FIELDS, newLast);
  }

  /// These without the ranges that end at or below `seq`.
  Hops trimmedThrough(long seq) {
    int from = rangeEndingBehind(seq);
    return from == end ? NONE : new Hops(ranges, from, end, last);
  }

  /// How often the record `seq` was forwarded.
  int at(long seq) {
    int range = rangeEndingBehind(seq - 1);
    return range < end && ranges[range] <= seq ? (int) ranges[range + 2] : 0;
  }

  /// The last seq from `seq` on for which that is the same.
  long lastWithSame(long seq) {
    int range = rangeEndingBehind(seq - 1);
    if (range == end) {
      return Long.MAX_VALUE;
    }
    return ranges[range] <= seq ? lastOf(range) : ranges[range] - 1;
  }

  private long lastOf(int range) {
    return range + FIELDS == end ? last : ranges[range + 1];
  }

  /// The first range that ends above `seq`.
  private int rangeEndingBehind(long seq) {
    int count = (end - start) / FIELDS;
    int first = Bisection.first(0, count, i -> lastOf(start + i * FIELDS) <= seq);
    return start + first * FIELDS;
  }
}
