package dev.topics.engine.recovery;

import dev.topics.engine.topic.Forward;
import java.util.Arrays;

/// Where the APPENDs of a log lie and how many records each has, in the order of the log, 12 bytes
/// each: what references are checked against.
///
/// **Threading** One thread.
final class KnownAppends {
  private long[] places = new long[64];
  private int[] counts = new int[64];
  private int size;
  private long firstPosition = Long.MAX_VALUE;

  private static long place(long position, long offset) {
    return position + offset;
  }

  /// There is a frame at `position`. What lies before the first one may have been let go of, when
  /// nothing referred to it that is alive.
  void frame(long position) {
    firstPosition = Math.min(firstPosition, position);
  }

  /// An APPEND starts at `offset` of the payload of the frame at `position`.
  void add(long position, long offset, int count) {
    if (size == places.length) {
      places = Arrays.copyOf(places, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    places[size] = place(position, offset);
    counts[size++] = count;
  }

  /// What is wrong with a reference; empty if nothing is.
  String fault(Forward.Reference to) {
    if (to.position() < firstPosition) {
      return "";
    }
    int at = Arrays.binarySearch(places, 0, size, place(to.position(), to.offset()));
    if (at < 0) {
      return "refers to %x+%d, where no records are".formatted(to.position(), to.offset());
    }
    int records = to.bitmap().isEmpty() ? to.count() : to.bitmap().cardinality();
    int span = to.bitmap().isEmpty() ? to.count() : to.bitmap().length();
    if (records != to.count() || to.first() < 0 || span > counts[at] - to.first()) {
      return "refers to records %d to %d of %d"
          .formatted(to.first(), to.first() + span, counts[at]);
    }
    return "";
  }
}
