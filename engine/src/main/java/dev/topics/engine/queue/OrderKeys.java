package dev.topics.engine.queue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Jobs that run one after the other: per order key the seqs of its jobs, ascending. The first one
/// may be worked on, the others wait until it is gone.
///
/// **Threading** Under the commit lock; the key of a line from any thread.
final class OrderKeys {
  /// No seq.
  static final long NONE = 0;

  private final Map<String, Line> byKey = new HashMap<>();

  /// The jobs of one key.
  static final class Line {
    private final String key;
    private long[] seqs = new long[2];
    private int first;
    private int end;

    private Line(String key) {
      this.key = key;
    }

    String key() {
      return key;
    }

    /// The job that may be worked on.
    private long first() {
      return seqs[first];
    }

    private void add(long seq) {
      if (end == seqs.length) {
        int size = end - first;
        int capacity = size > seqs.length / 2 ? seqs.length * 2 : seqs.length;
        seqs = Arrays.copyOf(Arrays.copyOfRange(seqs, first, end), capacity);
        first = 0;
        end = size;
      }
      seqs[end++] = seq;
    }

    private void remove(long seq) {
      if (seqs[first] == seq) {
        first++;
        return;
      }
      int at = Arrays.binarySearch(seqs, first, end, seq);
      System.arraycopy(seqs, at + 1, seqs, at, end - at - 1);
      end--;
    }
  }

  /// Adds a job that lies behind all others of its key; returns where it stands.
  Line add(String key, long seq) {
    Line line = byKey.computeIfAbsent(key, Line::new);
    line.add(seq);
    return line;
  }

  /// Whether another job of `line`, if there is one, must go before `seq`.
  static boolean isBlocked(@Nullable Line line, long seq) {
    return line != null && line.first() != seq;
  }

  /// Forgets `seq`; returns the job that is the first of the line now and was not before, or
  /// [#NONE].
  long remove(Line line, long seq) {
    boolean wasFirst = line.first() == seq;
    line.remove(seq);
    if (line.first == line.end) {
      byKey.remove(line.key);
      return NONE;
    }
    return wasFirst ? line.first() : NONE;
  }
}
