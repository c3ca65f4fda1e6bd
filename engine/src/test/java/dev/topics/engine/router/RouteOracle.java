package dev.topics.engine.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Judges routers by what readers of sources and destinations were shown: each record of a source
/// arrives exactly once and in order, or it was deleted, or the destination tells of it; and where
/// the cursor is, the copies are.
final class RouteOracle {
  private static final int HOPS_MAX = 16;
  private static final int UNKNOWN = -1;

  private RouteOracle() {}

  static final class Violated extends AssertionError {
    private static final long serialVersionUID = 1;

    Violated(String message) {
      super(message);
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
  static void require(boolean holds, String message, Object... details) {
    if (!holds) {
      throw new Violated(message.formatted(details));
    }
  }

  /// What has arrived so far is right, whatever is still to come.
  ///
  /// @param cursor nothing behind it may have arrived
  static void judgeArrivals(Leg leg, long cursor) {
    long lastSourceSeq = leg.start();
    for (TopicMemory.Shown copy : leg.dest().ever().values()) {
      if (!leg.brought(copy)) {
        continue;
      }
      Long seq = leg.stamped() ? Long.valueOf(copy.sourceSeq()) : seqOf(copy, leg);
      if (seq == null) {
        continue;
      }
      require(seq != lastSourceSeq, "%s: %d arrived twice", leg, seq);
      require(seq > lastSourceSeq, "%s: %d came out of order", leg, seq);
      require(seq <= cursor, "%s: %d arrived, but its cursor is %d", leg, seq, cursor);
      lastSourceSeq = seq;
      TopicMemory.Shown original = leg.source().shown(seq);
      if (original != null) {
        require(leg.wants(seq, original), "%s: %d passed the filter", leg, seq);
        require(copy.tag().equals(leg.tagOf(original)), "%s: %s of %s", leg, copy, original);
        require(countedHops(leg, seq) < HOPS_MAX, "%s: %d came round too often", leg, seq);
      }
    }
  }

  /// Of a source whose records nobody forwarded before, numbers are unique.
  private static Long seqOf(TopicMemory.Shown copy, Leg leg) {
    return leg.source().seqOf(copy.number());
  }

  /// Whatever arrived came on some way.
  static void judgeOrigins(TopicMemory dest) {
    for (TopicMemory.Shown copy : dest.ever().values()) {
      require(
          !copy.stamped() || dest.into().stream().anyMatch(leg -> leg.mayHaveBrought(copy)),
          "%s: nothing brought %s; ways %s",
          dest.name(),
          copy,
          dest.into());
    }
  }

  /// How often a record was forwarded before it came there; UNKNOWN if it is not shown any more.
  private static int hops(TopicMemory topic, long seq) {
    TopicMemory.Shown record = topic.shown(seq);
    if (record == null) {
      return UNKNOWN;
    }
    if (!record.stamped()) {
      return topic.into().stream().allMatch(Leg::stamped) ? 0 : UNKNOWN;
    }
    for (Leg leg : topic.into()) {
      if (leg.stamped() && leg.brought(record)) {
        int before = hops(leg.source(), record.sourceSeq());
        return before == UNKNOWN ? UNKNOWN : before + 1;
      }
    }
    return UNKNOWN;
  }

  /// How often the engine must have counted that a record was forwarded before `leg` takes it. It
  /// counts on every way that was there when the record came, and from 0 on others.
  private static int countedHops(Leg leg, long seq) {
    TopicMemory.Shown record = leg.source().shown(seq);
    if (record == null || !record.stamped() || !leg.metAsItCame(seq)) {
      return 0;
    }
    for (Leg before : leg.source().into()) {
      if (before.stamped() && before.brought(record)) {
        return countedHops(before, record.sourceSeq()) + 1;
      }
    }
    return 0;
  }

  /// Whatever the source holds or held up to `through` is accounted for.
  ///
  /// @param cyclic whether records may have come round too often to be forwarded
  static void judgeCompleteness(Leg leg, long through, boolean cyclic) {
    Map<Long, Long> copies = copies(leg);
    List<Long> missing = new ArrayList<>();
    long after = 0;
    long last = Math.min(through, leg.end());
    for (Map.Entry<Long, TopicMemory.Shown> record : leg.source().ever().entrySet()) {
      long seq = record.getKey();
      if (seq <= leg.start() || seq > last || !leg.wants(seq, record.getValue())) {
        continue;
      }
      Long copy = copies.get(seq);
      if (copy != null) {
        judgeMissing(leg, missing, after, copy);
        missing.clear();
        after = copy;
      } else if (!leg.source().isDeleted(seq) && !(cyclic && isAtItsEnd(leg.source(), seq))) {
        missing.add(seq);
      }
    }
    judgeMissing(leg, missing, after, leg.dest().head() + 1);
  }

  /// Whether a record was, or may have been, forwarded as often as may be.
  private static boolean isAtItsEnd(TopicMemory source, long seq) {
    int hops = hops(source, seq);
    return hops == UNKNOWN || hops >= HOPS_MAX;
  }

  /// Seqs of the copies in the destination, by seq of the source.
  private static Map<Long, Long> copies(Leg leg) {
    Map<Long, Long> copies = new HashMap<>();
    leg.dest()
        .ever()
        .forEach((seq, copy) -> {
          Long original = leg.stamped() ? Long.valueOf(copy.sourceSeq()) : seqOf(copy, leg);
          if (original != null && leg.brought(copy)) {
            copies.put(original, seq);
          }
        });
    return copies;
  }

  /// Records without a copy belong between two seqs of the destination.
  private static void judgeMissing(Leg leg, List<Long> missing, long after, long before) {
    TopicMemory dest = leg.dest();
    for (long seq : missing) {
      require(
          !leg.source().live().containsKey(seq) || isLost(dest, after, before),
          "%s: seq %d of the source never arrived; copies %s, gaps %s, head %d",
          leg,
          seq,
          dest.ever(),
          dest.gaps(),
          dest.head());
      require(
          isTold(dest, after, before),
          "%s: seq %d was lost between seqs %d and %d, and nobody is told; source %s; dest %s",
          leg,
          seq,
          after,
          before,
          leg.source(),
          dest);
    }
  }

  /// Whether the destination had it and lost it.
  private static boolean isLost(TopicMemory dest, long after, long before) {
    return dest.gaps().stream()
        .anyMatch(gap ->
            gap.last() > after && gap.first() < before && !gap.reason().equals("SOURCE_TRIM"));
  }

  private static boolean isTold(TopicMemory dest, long after, long before) {
    return dest.gaps().stream().anyMatch(gap -> gap.last() > after && gap.first() < before);
  }

  /// Of a destination that loses nothing by itself, every seq is a copy or stands for a loss of the
  /// source.
  static void judgeSeqs(TopicMemory dest) {
    long told = 0;
    long toldThoughDeleted = 0;
    for (TopicMemory.Gap gap : dest.gaps()) {
      told += gap.last() - gap.first() + 1;
      for (long seq : dest.ever().subMap(gap.first(), gap.last() + 1).keySet()) {
        toldThoughDeleted += dest.isDeleted(seq) ? 1 : 0;
      }
    }
    require(
        dest.ever().size() + told - toldThoughDeleted == dest.head(),
        "%s: %d copies and %d lost seqs do not make a head of %d; %s",
        dest.name(),
        dest.ever().size(),
        told,
        dest.head(),
        dest);
  }

  /// A router counts its copies.
  static void judgeCount(TopicMemory dest, long forwarded) {
    require(
        dest.ever().size() == forwarded,
        "%s: %d copies, but the router counts %d",
        dest.name(),
        dest.ever().size(),
        forwarded);
  }
}
