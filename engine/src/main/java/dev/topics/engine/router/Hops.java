package dev.topics.engine.router;

import dev.topics.engine.topic.RouterState;
import java.util.Arrays;
import java.util.List;

/// How often the records of a topic were forwarded before they came there: ascending ranges of
/// seqs. What is in no range was written by a client, or long ago. Immutable.
///
/// Kept apart from the records, so that it does not matter where they are stored; and only as far
/// as some router has still to forward them.
final class Hops {
  static final Hops NONE = new Hops(new long[0]);

  private static final int FIELDS = 3;
  private static final int LONG_RANGES = 4;

  /// First seq, last seq and hops of each range.
  private final long[] ranges;

  private Hops(long[] ranges) {
    this.ranges = ranges;
  }

  private static Hops of(long[] ranges) {
    return ranges.length == 0 ? NONE : new Hops(ranges);
  }

  /// Adds the ranges to `images`.
  void addTo(long topicId, List<RouterState.Hops> images) {
    for (int i = 0; i < ranges.length; i += FIELDS) {
      images.add(new RouterState.Hops(topicId, ranges[i], ranges[i + 1], (int) ranges[i + 2]));
    }
  }

  /// Whether it is worth trimming.
  boolean isLong() {
    return ranges.length > FIELDS * LONG_RANGES;
  }

  /// These and the seqs from `first` to `last`, which lie above all others.
  Hops with(long first, long last, int hops) {
    int size = ranges.length;
    boolean extend = size > 0 && ranges[size - 2] + 1 == first && ranges[size - 1] == hops;
    if (extend) {
      long[] changed = ranges.clone();
      changed[size - 2] = last;
      return new Hops(changed);
    }
    long[] changed = Arrays.copyOf(ranges, size + FIELDS);
    changed[size] = first;
    changed[size + 1] = last;
    changed[size + 2] = hops;
    return new Hops(changed);
  }

  /// These without the ranges that end at or below `seq`.
  Hops trimmedThrough(long seq) {
    int from = 0;
    while (from < ranges.length && ranges[from + 1] <= seq) {
      from += FIELDS;
    }
    return from == 0 ? this : of(Arrays.copyOfRange(ranges, from, ranges.length));
  }

  /// How often the record `seq` was forwarded.
  int at(long seq) {
    int range = rangeEndingFrom(seq);
    return range < ranges.length && ranges[range] <= seq ? (int) ranges[range + 2] : 0;
  }

  /// The last seq from `seq` on for which that is the same.
  long lastWithSame(long seq) {
    int range = rangeEndingFrom(seq);
    if (range == ranges.length) {
      return Long.MAX_VALUE;
    }
    return ranges[range] <= seq ? ranges[range + 1] : ranges[range] - 1;
  }

  /// The first range that ends at or above `seq`.
  private int rangeEndingFrom(long seq) {
    int range = 0;
    while (range < ranges.length && ranges[range + 1] < seq) {
      range += FIELDS;
    }
    return range;
  }
}
