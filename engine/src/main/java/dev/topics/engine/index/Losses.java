package dev.topics.engine.index;

import dev.topics.engine.model.LossReason;
import dev.topics.engine.record.StoredCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a topic lost without anybody asking: everything lost below the evict floor, with the
/// reasons, and the gaps above it. Immutable.
///
/// Gaps arise where a restart found less than was acknowledged; once nothing lives below a gap it
/// becomes part of the prefix.
public final class Losses {
  public static final Losses NONE = new Losses(List.of(), List.of());

  private static final int PREFIX_SEGMENTS_MAX = 16;

  /// Seqs lost for one reason: `first` to `last`, inclusive.
  public record Gap(long first, long last, LossReason reason) {}

  private final List<Gap> prefix;
  private final List<Gap> gaps;

  private Losses(List<Gap> prefix, List<Gap> gaps) {
    this.prefix = prefix;
    this.gaps = gaps;
  }

  /// The losses that [#encode] wrote.
  public static Losses decode(StateReader in) {
    return new Losses(decodeGaps(in), decodeGaps(in));
  }

  private static List<Gap> decodeGaps(StateReader in) {
    int count = in.getInt();
    List<Gap> gaps = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      gaps.add(new Gap(in.getLong(), in.getLong(), StoredCode.lossReason(in.getByte())));
    }
    return List.copyOf(gaps);
  }

  /// Writes the prefix, then the gaps: their number 4, and for each first seq 8, last seq 8, reason
  /// 1.
  public void encode(StateWriter out) throws IOException {
    encode(prefix, out);
    encode(gaps, out);
  }

  private static void encode(List<Gap> gaps, StateWriter out) throws IOException {
    out.putInt(gaps.size());
    for (Gap gap : gaps) {
      out.putLong(gap.first());
      out.putLong(gap.last());
      out.putByte(StoredCode.of(gap.reason()));
    }
  }

  /// The gaps above the evict floor, ascending.
  public List<Gap> gaps() {
    return gaps;
  }

  /// The losses below the evict floor, then the gaps.
  public List<Gap> all() {
    List<Gap> all = new ArrayList<>(prefix);
    all.addAll(gaps);
    return all;
  }

  /// These losses and `ranges`, which overlap none of them and lie above the evict floor.
  public Losses withGaps(SeqRanges ranges, LossReason reason) {
    List<Gap> changed = new ArrayList<>(gaps);
    for (int i = 0; i < ranges.size(); i++) {
      changed.add(new Gap(ranges.first(i), ranges.last(i), reason));
    }
    changed.sort(Comparator.comparingLong(Gap::first));
    List<Gap> joined = new ArrayList<>();
    changed.forEach(gap -> addOrJoin(joined, gap));
    return new Losses(prefix, List.copyOf(joined));
  }

  /// The first seq that was not lost.
  public long evictFloor() {
    return prefix.isEmpty() ? 1 : prefix.getLast().last() + 1;
  }

  /// The gap that holds `seq`, which lies above the evict floor; null if there is none.
  public @Nullable Gap gapAt(long seq) {
    for (Gap gap : gaps) {
      if (gap.first() <= seq && seq <= gap.last()) {
        return gap;
      }
    }
    return null;
  }

  /// The first seq from `seq` on that lies in a gap, or `Long.MAX_VALUE`.
  public long nextGap(long seq) {
    for (Gap gap : gaps) {
      if (gap.last() >= seq) {
        return Math.max(gap.first(), seq);
      }
    }
    return Long.MAX_VALUE;
  }

  /// `ranges` from `firstRange` on, less what lies in gaps.
  public SeqRanges outsideGaps(SeqRanges ranges, int firstRange) {
    if (gaps.isEmpty()) {
      return ranges.from(firstRange);
    }
    SeqRanges outside = new SeqRanges();
    for (int i = firstRange; i < ranges.size(); i++) {
      long bytes = ranges.bytes(i);
      long from = ranges.first(i);
      while (from <= ranges.last(i)) {
        Gap gap = gapAt(from);
        if (gap != null) {
          from = gap.last() + 1;
          continue;
        }
        long end = Math.min(ranges.last(i), nextGap(from) - 1);
        outside.addRange(from, end, bytes);
        bytes = 0;
        from = end + 1;
      }
    }
    return outside;
  }

  /// How many seqs from `first` to `last`, inclusive, lie in gaps.
  public long countBetween(long first, long last) {
    long count = 0;
    for (Gap gap : gaps) {
      count += Math.max(0, Math.min(last, gap.last()) - Math.max(first, gap.first()) + 1);
    }
    return count;
  }

  /// Why records between `first` and the evict floor were lost.
  public LossReason reasonSince(long first) {
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
  public Losses withFloor(long floor, LossReason reason) {
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
  public Losses withGap(Gap gap) {
    List<Gap> changed = new ArrayList<>(gaps);
    addOrJoin(changed, gap);
    return new Losses(prefix, List.copyOf(changed));
  }

  /// Adds `gap` behind `ascending`. If nothing is between it and the last one, which has the same
  /// reason, they become one.
  private static void addOrJoin(List<Gap> ascending, Gap gap) {
    Gap before = ascending.isEmpty() ? null : ascending.getLast();
    if (before != null && before.last() + 1 == gap.first() && before.reason() == gap.reason()) {
      ascending.set(ascending.size() - 1, new Gap(before.first(), gap.last(), gap.reason()));
    } else {
      ascending.add(gap);
    }
  }

  /// These losses with the gaps that start at or below `seq` made part of the prefix: nothing lives
  /// below them.
  public Losses absorbedThrough(long seq) {
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
