package dev.topics.engine.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What readers were ever shown of one instance of a topic, and what they are shown now.
final class TopicMemory {
  /// A record as it was shown.
  ///
  /// @param number what its writer made it, unique
  /// @param router what the stamp says; empty for none, as is `source`
  /// @param sourceSeq what the stamp says; 0 for none
  record Shown(long number, String tag, String router, String source, long sourceSeq) {
    /// A record without a stamp.
    static Shown plain(long number, String tag) {
      return new Shown(number, tag, "", "", 0);
    }

    boolean stamped() {
      return !router.isEmpty();
    }
  }

  /// A range that readers are told is lost.
  record Gap(long first, long last, String reason) {
    boolean mayHide(String wanted) {
      return reason.equals(wanted) || reason.equals("MIXED");
    }
  }

  private final String name;
  private final Map<Long, Shown> shown = new HashMap<>();
  private final Map<Long, Long> seqs = new HashMap<>();
  private final TreeMap<Long, Shown> ever = new TreeMap<>();
  private final TreeMap<Long, Shown> live = new TreeMap<>();
  private final List<Gap> gaps = new ArrayList<>();
  private final Set<Long> deleted = new HashSet<>();
  private final List<Leg> into = new ArrayList<>();
  private long head;

  TopicMemory(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  Map<Long, Shown> live() {
    return live;
  }

  /// All records that readers were shown, less those that a crash took.
  SortedMap<Long, Shown> ever() {
    return ever;
  }

  /// What `seq` was, even if a crash took it: no other record ever gets it.
  @Nullable Shown shown(long seq) {
    return shown.get(seq);
  }

  /// Where the record of this number was.
  @Nullable Long seqOf(long number) {
    return seqs.get(number);
  }

  List<Gap> gaps() {
    return gaps;
  }

  long head() {
    return head;
  }

  /// Somebody deletes the record, for good.
  void delete(long seq) {
    deleted.add(seq);
  }

  boolean isDeleted(long seq) {
    return deleted.contains(seq);
  }

  /// Ways on which records came here, of now and then.
  List<Leg> into() {
    return into;
  }

  void startLook() {
    live.clear();
    gaps.clear();
  }

  void sawRecord(long seq, Shown record) {
    Shown before = shown.put(seq, record);
    RouteOracle.require(
        before == null || before.equals(record),
        "%s: seq %d was %s and is %s",
        name,
        seq,
        before,
        record);
    seqs.put(record.number(), seq);
    ever.put(seq, record);
    live.put(seq, record);
  }

  void sawGap(Gap gap) {
    gaps.add(gap);
  }

  void endLook(long newHead) {
    head = newHead;
  }

  /// A crash took what the class of the topic does not promise to keep.
  void forgetLost() {
    for (Gap gap : gaps) {
      if (gap.mayHide("RESTART")) {
        ever.subMap(gap.first(), true, gap.last(), true).clear();
      }
    }
  }

  @Override
  public String toString() {
    return "%s: %s, gaps %s, head %d".formatted(name, ever, gaps, head);
  }

  /// The topic is deleted.
  void drop() {
    live.clear();
  }
}
