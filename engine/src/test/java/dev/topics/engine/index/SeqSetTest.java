package dev.topics.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/// A set of seqs against a sorted map of them.
final class SeqSetTest {
  private static final int SPAN = 1 << 18;

  @Property(tries = 60)
  void agreesWithASortedMap(@ForAll long seed, @ForAll @LongRange(max = 1L << 40) long base) {
    Random random = new Random(seed);
    SeqSet set = SeqSet.EMPTY;
    NavigableMap<Long, Long> model = new TreeMap<>();
    long from = base + random.nextInt(SPAN);
    for (int i = 0; i < 150; i++) {
      SeqRanges ranges = new SeqRanges();
      int size = random.nextInt(4) == 0 ? 200 : 1 + random.nextInt(3);
      int step = 1 + random.nextInt(random.nextBoolean() ? 3 : 3000);
      long seq = random.nextBoolean() ? from + random.nextInt(SPAN) : from + i * 3L;
      for (int j = 0; j < size; j++, seq += 1 + random.nextInt(step)) {
        if (!model.containsKey(seq)) {
          long bytes = random.nextInt(1000);
          ranges.add(seq, bytes);
          model.put(seq, bytes);
        }
      }
      SeqSet before = set;
      long countBefore = before.countBetween(0, Long.MAX_VALUE >> 1);
      set = set.with(ranges, 0, Long.MAX_VALUE >> 1);
      assertThat(before.countBetween(0, Long.MAX_VALUE >> 1)).isEqualTo(countBefore);
      if (random.nextInt(20) == 0) {
        from += random.nextInt(SPAN / 4);
        set = set.trimmedBelow(from);
        model.headMap(from).clear();
      }
      agree(set, model, from, from + random.nextInt(SPAN), random);
    }
  }

  private static void agree(
      SeqSet set, NavigableMap<Long, Long> model, long floor, long around, Random random) {
    long last = around + random.nextInt(SPAN);
    assertThat(set.contains(around)).isEqualTo(model.containsKey(around));
    var within = model.subMap(around, true, last, true);
    assertThat(set.countBetween(around, last)).isEqualTo(within.size());
    long bytes = within.values().stream().mapToLong(Long::longValue).sum();
    assertThat(set.bytesBetween(around, last, (first, end) -> stored(model, first, end)))
        .isEqualTo(bytes);
    Long present = model.ceilingKey(around);
    assertThat(set.nextPresent(around)).isEqualTo(present == null ? Long.MAX_VALUE : present);
    long absent = around;
    while (model.containsKey(absent)) {
      absent++;
    }
    assertThat(set.nextAbsent(around)).isEqualTo(absent);
    absent = around;
    while (model.containsKey(absent)) {
      absent--;
    }
    if (absent >= floor) {
      assertThat(set.previousAbsent(around)).isEqualTo(absent);
    }
  }

  private static long stored(NavigableMap<Long, Long> model, long first, long last) {
    long bytes = 0;
    for (long seq = first; seq <= last; seq++) {
      assertThat(model).as("only bytes of seqs in the set are asked for").containsKey(seq);
      bytes += model.get(seq);
    }
    return bytes;
  }
}
