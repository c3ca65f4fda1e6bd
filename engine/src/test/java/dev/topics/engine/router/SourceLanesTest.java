package dev.topics.engine.router;

import static dev.topics.engine.router.RoutedEngine.route;
import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.simulation.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/// How long it is known how often records of a source were forwarded.
final class SourceLanesTest {
  private static final RouterConfig CONFIG = route("a", "b").appliedTo(new RouterName("r"), null);
  private static final int RANGES = 100;

  private final SourceLanes source = new SourceLanes(null);

  private Lane lane(long cursor) {
    Lane lane = new Lane(1, CONFIG, source, null, new ManualClock(), cursor);
    source.add(lane);
    return lane;
  }

  /// Every second record comes from a router.
  private void fill() {
    for (int i = 1; i <= RANGES; i++) {
      source.hopped(2L * i, 2L * i, 1);
    }
  }

  @Test
  void whatAllLanesHavePassedIsForgottenAsTheSlowestGoesOn() {
    Lane slow = lane(0);
    Lane fast = lane(0);
    fill();
    source.move(fast, 2 * RANGES);
    assertThat(source.hops().at(2)).isEqualTo(1);

    source.move(slow, 50);
    assertThat(source.hops().at(50)).isZero();
    assertThat(source.hops().at(52)).isEqualTo(1);

    source.move(slow, 2 * RANGES);
    assertThat(source.hops()).isEqualTo(Hops.NONE);
  }

  @Test
  void whatOnlyALaneThatGoesHadToPassIsForgotten() {
    Lane slow = lane(0);
    Lane fast = lane(0);
    fill();
    source.move(fast, 2 * RANGES);

    source.remove(slow);

    assertThat(source.hops()).isEqualTo(Hops.NONE);
  }

  @RepeatedTest(20)
  void whatSomeLaneHasStillToPassIsKnownAndLittleElse(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    List<Lane> lanes = new ArrayList<>();
    int[] expected = new int[400];
    lanes.add(lane(0));
    for (int seq = 1; seq < expected.length; seq++) {
      expected[seq] = random.nextInt(3);
      if (expected[seq] > 0) {
        source.hopped(seq, seq, expected[seq]);
      }
      Lane next = lanes.get(random.nextInt(lanes.size()));
      source.move(next, random.nextLong(next.cursor(), seq + 1L));
      if (random.nextInt(20) == 0) {
        lanes.add(lane(seq));
      } else if (random.nextInt(20) == 0 && lanes.size() > 1) {
        source.remove(lanes.remove(random.nextInt(lanes.size())));
      }
      check(lanes, expected, seq);
    }
  }

  private void check(List<Lane> lanes, int[] expected, int head) {
    long slowest = lanes.stream().mapToLong(Lane::cursor).min().orElseThrow();
    for (int seq = (int) slowest + 1; seq <= head; seq++) {
      assertThat(source.hops().at(seq)).as("seq %d", seq).isEqualTo(expected[seq]);
    }
    assertThat(source.hops().isLong() && source.hops().firstEnd() <= slowest).isFalse();
  }
}
