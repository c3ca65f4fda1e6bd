package dev.topics.engine.topic;

import dev.topics.engine.model.LossReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a topic lost without anybody asking: everything lost below the evict floor, with the
/// reasons, and the gaps above it. Immutable.
///
/// Gaps arise where a restart found less than was acknowledged; once nothing lives below a gap it
/// becomes part of the prefix.
final class Losses {
  static final Losses NONE = new Losses(List.of(), List.of());

  private static final int PREFIX_SEGMENTS_MAX = 16;

  /// Seqs lost for one reason: `first` to `last`, inclusive.
  record Gap(long first, long last, LossReason reason) {}

  private final List<Gap> prefix;
  private final List<Gap> gaps;

  private Losses(List<Gap> prefix, List<Gap> gaps) {
    this.prefix = prefix;
    this.gaps = gaps;
  }

  /// The first seq that was not lost.
  long evictFloor() {
    return prefix.isEmpty() ? 1 : prefix.getLast().last() + 1;
  }

  /// The gap that holds `seq`, which lies above the evict floor; null if there is none.
  @Nullable Gap gapAt(long seq) {
    for (Gap gap : gaps) {
      if (gap.first() <= seq && seq <= gap.last()) {
        return gap;
      }
    }
    return null;
  }

  /// Those of the seqs from `first` to `last`, inclusive, that do not lie in gaps.
  SeqRanges outsideGaps(long first, long last) {
    SeqRanges ranges = new SeqRanges();
    long from = first;
    for (Gap gap : gaps) {
      if (gap.first() > last) {
        break;
      }
      if (from < gap.first()) {
        ranges.addRange(from, gap.first() - 1);
      }
      from = Math.max(from, gap.last() + 1);
    }
    if (from <= last) {
      ranges.addRange(from, last);
    }
    return ranges;
  }

  /// How many seqs from `first` to `last`, inclusive, lie in gaps.
  long countBetween(long first, long last) {
    long count = 0;
    for (Gap gap : gaps) {
      count += Math.max(0, Math.min(last, gap.last()) - Math.max(first, gap.first()) + 1);
    }
    return count;
  }

  /// Why records between `first` and the evict floor were lost.
  LossReason reasonSince(long first) {
    LossReason reason = null;
    for (Gap segment : prefix) {
      if (segment.last() < first) {
        continue;
      }
      if (reason == null) {
        reason = segment.reason();
      } else if (reason != segment.reason()) {
        return LossReason.MIXED;
      }
    }
    return reason == null ? LossReason.MIXED : reason;
  }

  /// These losses, and everything below `floor` that was still there, for `reason`.
  Losses withFloor(long floor, LossReason reason) {
    long first = evictFloor();
    if (floor <= first) {
      return this;
    }
    List<Gap> segments = new ArrayList<>(prefix);
    List<Gap> rest = new ArrayList<>();
    for (Gap gap : gaps) {
      if (gap.last() < floor) {
        extend(segments, gap.first() - 1, reason);
        extend(segments, gap.last(), gap.reason());
      } else {
        rest.add(gap);
      }
    }
    extend(segments, floor - 1, reason);
    return new Losses(List.copyOf(segments), List.copyOf(rest));
  }

  /// These losses with `gap`, which lies above all others.
  Losses withGap(Gap gap) {
    List<Gap> changed = new ArrayList<>(gaps);
    changed.add(gap);
    return new Losses(prefix, List.copyOf(changed));
  }

  /// These losses with the gaps that start at or below `seq` made part of the prefix: nothing lives
  /// below them.
  Losses absorbedThrough(long seq) {
    Losses result = this;
    while (!result.gaps.isEmpty() && result.gaps.getFirst().first() <= seq) {
      Gap gap = result.gaps.getFirst();
      List<Gap> segments = new ArrayList<>(result.prefix);
      extend(segments, gap.last(), gap.reason());
      result =
          new Losses(
              List.copyOf(segments), List.copyOf(result.gaps.subList(1, result.gaps.size())));
    }
    return result;
  }

  private static void extend(List<Gap> segments, long last, LossReason reason) {
    long first = segments.isEmpty() ? 1 : segments.getLast().last() + 1;
    if (last < first) {
      return;
    }
    if (!segments.isEmpty() && segments.getLast().reason() == reason) {
      segments.set(segments.size() - 1, new Gap(segments.getLast().first(), last, reason));
    } else {
      segments.add(new Gap(first, last, reason));
    }
    if (segments.size() > PREFIX_SEGMENTS_MAX) {
      Gap merged = new Gap(segments.get(0).first(), segments.get(1).last(), LossReason.MIXED);
      segments.set(1, merged);
      segments.remove(0);
    }
  }
}
