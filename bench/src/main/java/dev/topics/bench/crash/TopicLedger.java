package dev.topics.bench.crash;

import dev.topics.bench.remote.DiffPage;
import dev.topics.bench.remote.ReadRecord;
import dev.topics.bench.remote.Tombstone;
import dev.topics.bench.remote.TopicState;
import dev.topics.bench.remote.WriteAck;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What is known of one topic from the server's own answers.
final class TopicLedger {
  private final CrashTopic topic;
  private final Consumer<String> violations;

  /// The records that must be there, by seq.
  private final TreeMap<Long, SentRecord> acked = new TreeMap<>();

  /// Records that a reader saw and whose write has not been answered yet, by seq.
  private final TreeMap<Long, SentRecord> shown = new TreeMap<>();

  /// The first seq of each write that was answered, by idempotency key.
  private final Map<String, Long> firstSeqOfKey = new HashMap<>();

  /// What restarts took, and told: first to last seq, none next to another.
  private final TreeMap<Long, Long> gaps = new TreeMap<>();

  private long head;
  private long headAtRestart;

  TopicLedger(CrashTopic topic, Consumer<String> violations) {
    this.topic = topic;
    this.violations = violations;
  }

  synchronized long head() {
    return head;
  }

  synchronized void acked(Batch batch, WriteAck ack, long headBefore, boolean repeated) {
    String name = "write " + batch.key();
    headAtLeast(headBefore, ack.headSeq(), name);
    if (ack.count() != batch.records().size()) {
      violate("%s of %d records got %s".formatted(name, batch.records().size(), seqs(ack)));
      return;
    }
    if (ack.headSeq() < ack.lastSeq()) {
      violate("%s got %s above the head %d".formatted(name, seqs(ack), ack.headSeq()));
    }
    Long before = firstSeqOfKey.putIfAbsent(batch.key(), ack.firstSeq());
    if (before != null && before != ack.firstSeq()) {
      violate("%s got %s, and from %d on before: repeated".formatted(name, seqs(ack), before));
    } else if (before == null) {
      checkNewSeqs(name, ack, headBefore, repeated);
      enter(batch, ack.firstSeq());
    }
  }

  private void checkNewSeqs(String name, WriteAck ack, long headBefore, boolean repeated) {
    if (ack.deduped() && !repeated) {
      violate("%s is called a repetition at its first sending".formatted(name));
    }
    if (!ack.deduped() && ack.firstSeq() <= headBefore) {
      violate("%s got %s when the head was %d: seqs reused".formatted(name, seqs(ack), headBefore));
    }
    if (gapEnd(ack.firstSeq()) > 0) {
      violate("%s got %s, which a restart took".formatted(name, seqs(ack)));
    }
  }

  private void enter(Batch batch, long firstSeq) {
    long seq = firstSeq;
    for (SentRecord sent : batch.records()) {
      SentRecord earlier = acked.put(seq, sent);
      if (earlier != null && !earlier.equals(sent)) {
        violate("seq %d reused: given to %s and to %s".formatted(seq, earlier.data(), sent.data()));
      }
      SentRecord seen = shown.remove(seq);
      if (seen != null && !seen.equals(sent)) {
        violate(
            "seq %d reused: shown with %s, given to %s".formatted(seq, seen.data(), sent.data()));
      }
      seq++;
    }
  }

  synchronized void shown(long fromSeq, DiffPage page, long headBefore) {
    String name = "read from " + fromSeq;
    headAtLeast(headBefore, page.headSeq(), name);
    long expected = checkGap(fromSeq, page) + 1;
    for (ReadRecord record : page.records()) {
      if (record.seq() != expected) {
        violate("%s shows seq %d where %d should come".formatted(name, record.seq(), expected));
      }
      expected = record.seq() + 1;
      see(record);
    }
    if (!page.records().isEmpty() && page.nextFromSeq() != expected - 1) {
      violate(
          "%s ends with seq %d and goes on from %d"
              .formatted(name, expected - 1, page.nextFromSeq()));
    }
  }

  private void see(ReadRecord record) {
    SentRecord content = SentRecord.contentOf(record);
    SentRecord known = acked.get(record.seq());
    if (known == null) {
      known = shown.putIfAbsent(record.seq(), content.copy());
    }
    if (known != null && !known.equals(content)) {
      violate("seq %d is %s, and was %s".formatted(record.seq(), content, known));
    }
  }

  /// Judges the tombstone of a page; returns the seq after which its records must begin.
  synchronized long checkGap(long fromSeq, DiffPage page) {
    long lostTo = gapEnd(fromSeq + 1);
    Tombstone expected = lostTo > 0 ? new Tombstone(fromSeq + 1, lostTo, "restart") : null;
    @Nullable Tombstone actual = page.tombstone();
    if (expected == null ? actual != null : !expected.equals(actual)) {
      violate(
          "read from %d has the tombstone %s instead of %s"
              .formatted(fromSeq, String.valueOf(actual), String.valueOf(expected)));
    }
    return Math.max(fromSeq, lostTo);
  }

  /// The last seq of the gap that holds `seq`; 0 if none does.
  private long gapEnd(long seq) {
    Map.Entry<Long, Long> gap = gaps.floorEntry(seq);
    return gap != null && seq <= gap.getValue() ? gap.getValue() : 0;
  }

  private long lostSeqs() {
    long lost = 0;
    for (Map.Entry<Long, Long> gap : gaps.entrySet()) {
      lost += gap.getValue() - gap.getKey() + 1;
    }
    return lost;
  }

  /// @param powerCut whether the machine died, and not only the process
  synchronized void restarted(TopicState state, boolean powerCut) {
    headAtLeast(head, state.headSeq(), "the state after a restart");
    if (!state.durability().equals(topic.durability())) {
      violate("has the class %s instead of %s".formatted(state.durability(), topic.durability()));
    }
    long lost = head - lostSeqs() - state.count();
    if (topic.survivesKill()) {
      tailLost(lost, topic.survivesPowerCut() || !powerCut);
    } else if (state.count() != 0 || state.bytes() != 0) {
      violate("came back as %s, and should be empty".formatted(state));
    } else {
      lose(1);
    }
    long earliest = gapEnd(1) + 1;
    if (state.earliestSeq() != Math.min(earliest, head + 1)) {
      violate("came back as %s, and begins at %d".formatted(state, earliest));
    }
    headAtRestart = head;
  }

  /// What is missing after a crash are the last seqs, at most those since the start before.
  private void tailLost(long lost, boolean mustSurvive) {
    if (lost != 0 && mustSurvive) {
      violate("came back without %d of the seqs up to the head %d".formatted(lost, head));
    } else if (lost < 0 || lost > head - headAtRestart) {
      violate(
          "lost %d seqs up to %d, but had %d at the start before"
              .formatted(lost, head, headAtRestart));
    } else if (lost > 0) {
      lose(head - lost + 1);
    }
  }

  private void lose(long firstSeq) {
    if (firstSeq > head) {
      return;
    }
    Map.Entry<Long, Long> before = gaps.lowerEntry(firstSeq);
    boolean joined = before != null && before.getValue() == firstSeq - 1;
    gaps.tailMap(firstSeq, true).clear();
    gaps.put(joined ? before.getKey() : firstSeq, head);
    acked.tailMap(firstSeq, true).clear();
    shown.tailMap(firstSeq, true).clear();
    firstSeqOfKey.values().removeIf(seq -> seq >= firstSeq);
  }

  synchronized void absentAfterRestart() {
    if (head > 0) {
      violate("is gone after a restart, its head was %d".formatted(head));
    }
  }

  /// The record that must be at `seq`, if any.
  synchronized @Nullable SentRecord expectedAt(long seq) {
    return acked.get(seq);
  }

  /// Seqs within `[fromSeq, toSeq]` whose records must be there.
  synchronized int expectedWithin(long fromSeq, long toSeq) {
    return fromSeq > toSeq ? 0 : acked.subMap(fromSeq, true, toSeq, true).size();
  }

  /// A seq, other than `seq`, at which this content was acknowledged; 0: none.
  synchronized long otherSeqOf(SentRecord content, long seq) {
    for (Map.Entry<Long, SentRecord> entry : acked.entrySet()) {
      if (entry.getKey() != seq && entry.getValue().equals(content)) {
        return entry.getKey();
      }
    }
    return 0;
  }

  /// The first seq that a reader saw and no write was ever answered with; 0: none.
  synchronized long shownOnly() {
    return shown.isEmpty() ? 0 : shown.firstKey();
  }

  void violate(String text) {
    violations.accept(text);
  }

  private static String seqs(WriteAck ack) {
    return "seqs " + ack.firstSeq() + " to " + ack.lastSeq();
  }

  private void headAtLeast(long known, long now, String where) {
    if (now < known) {
      violate("the head went back from %d to %d in the answer to %s".formatted(known, now, where));
    }
    head = Math.max(head, now);
  }
}
