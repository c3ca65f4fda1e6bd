package dev.topics.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.model.TagMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TagIndexTest {
  @Test
  void whatLivesIsFoundWhateverWasRemoved() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      TagIndex index = new TagIndex();
      int records = 1 + random.nextInt(4000);
      for (int seq = 1; seq <= records; seq++) {
        index.add("t" + seq % 3, seq, seq % 7, seq / 1000);
      }
      Set<Long> dead = new HashSet<>();
      long earliest = 1;
      for (int i = 0; i < 10; i++) {
        earliest += random.nextInt(records / 5 + 1);
        for (int k = random.nextInt(records); k > 0; k--) {
          dead.add(1L + random.nextInt(records));
        }
        Set<Long> gone = dead;
        List<Long> expected = live(records, earliest, gone);
        index.removed(earliest, expected.size(), seq -> !gone.contains(seq));
        List<Long> found = found(index);
        assertThat(index.size()).isEqualTo(found.size());
        assertThat(found.size()).as("seed %d", seed).isLessThanOrEqualTo(records);
        long from = earliest;
        found.removeIf(seq -> seq < from || gone.contains(seq));
        assertThat(found).as("seed %d", seed).isEqualTo(expected);
      }
    }
  }

  @Test
  void removedRecordsAreForgottenOnceTheyAreMoreThanHalf() {
    TagIndex index = new TagIndex();
    for (int seq = 1; seq <= 10_000; seq++) {
      index.add("t", seq, 1, 5);
    }
    index.removed(8001, 2000, seq -> true);
    assertThat(found(index)).hasSize(2000);
    index.removed(8001, 100, seq -> seq > 9900);
    assertThat(found(index)).hasSize(100);
    index.removed(10_001, 0, seq -> true);
    assertThat(index.size()).isZero();
  }

  @Test
  void whatIsAddedLateIsInItsPlace() {
    TagIndex index = new TagIndex();
    IntStream late = IntStream.rangeClosed(1, 9000);
    IntStream.concat(IntStream.rangeClosed(9001, 10_000), late)
        .forEach(seq -> index.restore("t", seq, seq, 5));
    index.removed(8001, 2000, seq -> true);
    TagIndex.Run run = index.find(new TagMatch.Exact("t")).getFirst();
    assertThat(run.size()).isEqualTo(2000);
    for (int i = 0; i < run.size(); i++) {
      assertThat(run.seq(i)).isEqualTo(8001 + i);
      assertThat(run.bytes(i)).isEqualTo(8001 + i);
    }
    assertThat(run.indexFrom(9001)).isEqualTo(1000);
    assertThat(run.indexFrom(10_001)).isEqualTo(run.size());
  }

  private static List<Long> live(int records, long earliest, Set<Long> dead) {
    List<Long> live = new ArrayList<>();
    for (long seq = earliest; seq <= records; seq++) {
      if (!dead.contains(seq)) {
        live.add(seq);
      }
    }
    return live;
  }

  private static List<Long> found(TagIndex index) {
    List<Long> found = new ArrayList<>();
    for (TagIndex.Run run : index.find(new TagMatch.Prefix(""))) {
      for (int i = 0; i < run.size(); i++) {
        found.add(run.seq(i));
      }
    }
    found.sort(null);
    return found;
  }
}
