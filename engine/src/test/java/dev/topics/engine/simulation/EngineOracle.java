package dev.topics.engine.simulation;

import dev.topics.engine.model.Durability;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/// Judges what one topic holds after a crash against what was sent, acknowledged and deleted
/// before.
///
/// Records are told apart by a number in their data that is never used twice. The rules: what was
/// acknowledged is there, or is told to be lost where the class allows it, or was deleted by
/// somebody; nothing is there twice or changed; order is kept; no seq is ever used again; nothing
/// is missing without a tombstone; a delete that was acknowledged stays.
final class EngineOracle {
  /// A broken rule.
  static final class Violated extends AssertionError {
    private static final long serialVersionUID = 1;

    Violated(String message) {
      super(message);
    }
  }

  /// How much of what an ack promised a crash may take.
  enum Loss {
    /// The page cache survived.
    NOTHING,
    /// What was not synced may be gone.
    UNSYNCED
  }

  /// What is known of a record that was acknowledged.
  private record Acked(long number, Durability durability) {}

  private final String topic;
  private final NavigableMap<Long, Acked> acked = new TreeMap<>();
  private final Map<Long, Long> numberBySeq = new HashMap<>();
  private final Map<Long, Long> orderSent = new HashMap<>();
  private final Set<Long> mayBeDeleted = new HashSet<>();
  private final Map<Long, Durability> mustStayDeleted = new HashMap<>();
  private final Set<Long> sentAgain = new HashSet<>();

  /// Ranges of seqs that were told to be lost: the last one by the first one, none touching
  /// another.
  private final NavigableMap<Long, Long> told = new TreeMap<>();

  private long highestSeen;

  EngineOracle(String topic) {
    this.topic = topic;
  }

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is not worth a dependency
  static void require(boolean holds, String message, Object... details) {
    if (!holds) {
      throw new Violated(message.formatted(details));
    }
  }

  /// A record is on its way.
  void sent(long number) {
    orderSent.put(number, (long) orderSent.size());
  }

  /// The record is on its way again: it may come behind others that were sent after it, and if
  /// nothing remembers it, it comes back from a delete.
  void sentAgain(long number) {
    sentAgain.add(number);
    mustStayDeleted.remove(number);
  }

  /// Everything that was acknowledged has been synced; what lives in memory only has not.
  void synced() {
    acked.replaceAll((seq, record) ->
        record.durability() == Durability.EPHEMERAL
            ? record
            : new Acked(record.number(), Durability.FSYNC));
  }

  /// The record got `seq`, and its ack came.
  void acked(long seq, long number, Durability durability) {
    shown(seq, number);
    acked.put(seq, new Acked(number, durability));
  }

  /// The record had got `seq` from an earlier command, as the ack of a repeat says. It may have
  /// gone since.
  void repeated(long seq, long number, Durability durability) {
    assigned(seq, number);
    if (!mayBeDeleted.contains(number) && !wasTold(seq)) {
      acked.putIfAbsent(seq, new Acked(number, durability));
    }
  }

  /// A reader saw the record.
  void shown(long seq, long number) {
    assigned(seq, number);
    require(!mustStayDeleted.containsKey(number), "%s: %d was deleted and is back", topic, number);
    require(!wasTold(seq), "%s: seq %d was told to be lost and is back", topic, seq);
  }

  private void assigned(long seq, long number) {
    require(orderSent.containsKey(number), "%s: %d was never sent", topic, number);
    Long before = numberBySeq.putIfAbsent(seq, number);
    require(
        before == null || before == number,
        "%s: seq %d is used again: %s, then %d",
        topic,
        seq,
        before,
        number);
    highestSeen = Math.max(highestSeen, seq);
  }

  /// A delete of these records was asked for, and answered if `answered`.
  void deleted(Set<Long> numbers, boolean answered, Durability durability) {
    mayBeDeleted.addAll(numbers);
    if (answered) {
      for (long number : numbers) {
        mustStayDeleted.put(number, durability);
      }
    }
  }

  /// A crash made what was promised weaker than `durability` uncertain.
  void crashed(Loss loss) {
    if (loss == Loss.UNSYNCED) {
      mustStayDeleted.values().removeIf(durability -> durability != Durability.FSYNC);
    }
  }

  /// What a reader finds after a restart: everything from the first seq to the head.
  ///
  /// @param live number by seq
  /// @param gaps what tombstones told, as pairs of first and last seq
  void recovered(NavigableMap<Long, Long> live, List<long[]> gaps, long head, Loss loss) {
    require(head >= highestSeen, "%s: head %d, but %d was seen", topic, head, highestSeen);
    judgeLive(live);
    judgeAcked(live, gaps, loss);
    judgeHoles(live, gaps, head);
    for (long[] gap : gaps) {
      for (long seq : live.subMap(gap[0], true, gap[1], true).keySet()) {
        require(false, "%s: seq %d is lost and there", topic, seq);
      }
      acked.subMap(gap[0], true, gap[1], true).clear();
      tell(gap[0], gap[1]);
    }
    highestSeen = head;
  }

  private boolean wasTold(long seq) {
    Map.Entry<Long, Long> before = told.floorEntry(seq);
    return before != null && before.getValue() >= seq;
  }

  private void tell(long first, long last) {
    Map.Entry<Long, Long> before = told.floorEntry(first);
    long from = before != null && before.getValue() >= first - 1 ? before.getKey() : first;
    Map.Entry<Long, Long> behind = told.floorEntry(last + 1);
    long to = behind != null && behind.getValue() > last ? behind.getValue() : last;
    told.subMap(from, true, to, true).clear();
    told.put(from, to);
  }

  private void judgeLive(NavigableMap<Long, Long> live) {
    Set<Long> numbers = new HashSet<>();
    long order = -1;
    for (Map.Entry<Long, Long> entry : live.entrySet()) {
      shown(entry.getKey(), entry.getValue());
      require(numbers.add(entry.getValue()), "%s: %d is there twice", topic, entry.getValue());
      if (sentAgain.contains(entry.getValue())) {
        continue;
      }
      long sent = orderSent.get(entry.getValue());
      require(sent > order, "%s: %d is out of order", topic, entry.getValue());
      order = sent;
    }
  }

  private void judgeAcked(NavigableMap<Long, Long> live, List<long[]> gaps, Loss loss) {
    for (Map.Entry<Long, Acked> entry : acked.entrySet()) {
      long seq = entry.getKey();
      Acked record = entry.getValue();
      if (live.containsKey(seq) || mayBeDeleted.contains(record.number())) {
        continue;
      }
      require(isIn(gaps, seq), "%s: acked seq %d is gone without a word", topic, seq);
      require(
          mayBeLost(record.durability(), loss),
          "%s: acked %s record %d is lost",
          topic,
          record.durability(),
          seq);
    }
  }

  private static boolean mayBeLost(Durability durability, Loss loss) {
    return switch (durability) {
      case EPHEMERAL -> true;
      case MEMORY, DISK -> loss == Loss.UNSYNCED;
      case FSYNC -> false;
    };
  }

  private void judgeHoles(NavigableMap<Long, Long> live, List<long[]> gaps, long head) {
    for (long seq = 1; seq <= head; seq++) {
      if (live.containsKey(seq)) {
        continue;
      }
      long gapEnd = gapEnd(gaps, seq);
      if (gapEnd >= seq) {
        seq = gapEnd;
        continue;
      }
      Long number = numberBySeq.get(seq);
      require(
          number == null ? !mayBeDeleted.isEmpty() : mayBeDeleted.contains(number),
          "%s: seq %d is missing without a word",
          topic,
          seq);
    }
  }

  private static boolean isIn(List<long[]> gaps, long seq) {
    return gapEnd(gaps, seq) >= seq;
  }

  /// The last seq of the gap that `seq` is in; 0 if it is in none.
  private static long gapEnd(List<long[]> gaps, long seq) {
    for (long[] gap : gaps) {
      if (gap[0] <= seq && seq <= gap[1]) {
        return gap[1];
      }
    }
    return 0;
  }
}
