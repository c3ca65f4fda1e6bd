package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.Losses;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.model.TopicConfig;

/// A topic at one moment, as readers see it. Immutable.
///
/// @param head the highest seq that is visible
/// @param earliest the first live seq, `head + 1` if there is none; expiry is not considered
/// @param count live records; those of them that are in memory only are `memoryCount`
/// @param lastTs time of the last append; 0 if there was none
/// @param change how many changes it has seen; -1 for [#NONE]
public record View(
    TopicConfig config,
    long head,
    long earliest,
    Losses losses,
    SeqSet deleted,
    long count,
    long bytes,
    long memoryCount,
    long memoryBytes,
    long lastTs,
    AppendIndex.Snapshot index,
    long change) {

  /// In place of a view that nobody has made yet: older than all of them.
  static final View NONE =
      new View(
          TopicConfig.DEFAULT,
          0,
          1,
          Losses.NONE,
          SeqSet.EMPTY,
          0,
          0,
          0,
          0,
          0,
          AppendIndex.Snapshot.EMPTY,
          -1);

  /// The same up to `last` only.
  View through(long last) {
    return last >= head
        ? this
        : new View(
            config,
            last,
            earliest,
            losses,
            deleted,
            count,
            bytes,
            memoryCount,
            memoryBytes,
            lastTs,
            index,
            change);
  }

  /// The first live seq from `seq` on, `head + 1` if there is none.
  public long nextLive(long seq) {
    long candidate = Math.max(seq, earliest);
    while (candidate <= head) {
      long present = deleted.nextAbsent(candidate);
      Losses.Gap gap = losses.gapAt(present);
      if (gap == null) {
        candidate = present;
        break;
      }
      candidate = gap.last() + 1;
    }
    return Math.min(candidate, head + 1);
  }

  /// How many live records lie between `first`, at or above the earliest one, and `last`,
  /// inclusive.
  public long liveBetween(long first, long last) {
    if (last < first) {
      return 0;
    }
    return last - first + 1 - deleted.countBetween(first, last) - losses.countBetween(first, last);
  }

  /// Whether all of `first` to `last` was deleted: there is nothing to deliver and nothing to tell.
  boolean isDeletedBetween(long first, long last) {
    return deleted.nextAbsent(first) > last;
  }

  /// The last seq that `entry` of the index may hold.
  public long lastOf(long entry) {
    long next = index.next(entry);
    return next == AppendIndex.Snapshot.NO_ENTRY ? head : index.firstSeq(next) - 1;
  }
}
