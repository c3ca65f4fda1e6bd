package dev.topics.engine.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class HopsTest {
  /// What was taken at some moment stays as it was, whatever is added and trimmed later.
  @RepeatedTest(20)
  void answersAsAnArrayDoes(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    Hops hops = Hops.NONE;
    int[] expected = new int[300];
    List<Runnable> looks = new ArrayList<>();
    int trimmed = 0;
    for (int seq = 1; seq < expected.length; ) {
      int last = Math.min(expected.length - 1, seq + random.nextInt(4));
      int count = random.nextInt(3);
      if (count > 0) {
        hops = hops.with(seq, last, count);
      }
      for (; seq <= last; seq++) {
        expected[seq] = count;
      }
      if (random.nextInt(8) == 0) {
        trimmed += random.nextInt(last - trimmed + 1);
        hops = hops.trimmedThrough(trimmed);
      }
      Hops now = hops;
      int from = trimmed + 1;
      looks.add(() -> check(now, expected, from, last));
      looks.getLast().run();
    }
    looks.forEach(Runnable::run);
  }

  private static void check(Hops hops, int[] expected, int from, int to) {
    for (int seq = from; seq <= to; seq++) {
      assertThat(hops.at(seq)).as("seq %d", seq).isEqualTo(expected[seq]);
      for (int same = seq; same <= Math.min(to, hops.lastWithSame(seq)); same++) {
        assertThat(expected[same]).as("seq %d and %d", seq, same).isEqualTo(expected[seq]);
      }
    }
    assertThat(hops.at(to + 1)).isZero();
  }

  /// As in a topic that clients write to between copies, while a router from there stands still.
  @Test
  @Timeout(60)
  void manyRangesAreAddedAndTrimmedWithoutCopyingThemEachTime() {
    int ranges = 1_000_000;
    Hops hops = Hops.NONE;
    for (int i = 1; i <= ranges; i++) {
      hops = hops.with(2L * i, 2L * i, 1);
    }
    for (int i = 1; i < ranges; i++) {
      hops = hops.trimmedThrough(2L * i);
      assertThat(hops.at(2L * i)).isZero();
    }
    assertThat(hops.at(2L * ranges)).isEqualTo(1);
    assertThat(hops.isLong()).isFalse();
  }
}
