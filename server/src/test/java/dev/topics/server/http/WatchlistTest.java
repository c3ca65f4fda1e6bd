package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class WatchlistTest {
  private final Watchlist list = new Watchlist();
  private final List<String> looks = new ArrayList<>();

  /// Wants to be looked at every `quietNanos`, and does `whenSeen` then.
  private final class Seen extends Watched {
    private final String name;
    private final long quietNanos;
    private Runnable whenSeen = () -> {};

    Seen(String name, long quietNanos) {
      this.name = name;
      this.quietNanos = quietNanos;
    }

    @Override
    long tick(long nowNanos) {
      looks.add(name);
      whenSeen.run();
      return quietNanos;
    }

    @Override
    void drain() {
      list.remove(this);
    }
  }

  @Test
  void onlyThoseThatAreDueAreLookedAt() {
    list.add(new Seen("often", 0), 0);
    list.add(new Seen("seldom", 10), 0);
    list.tick(1);
    assertThat(looks).containsExactlyInAnyOrder("often", "seldom");
    looks.clear();
    list.tick(2);
    assertThat(looks).containsExactly("often");
    list.allDue(2);
    list.tick(2);
    assertThat(looks).containsExactlyInAnyOrder("often", "often", "seldom");
  }

  @Test
  void whoIsAskedForIsLookedAtOnceMore() {
    Seen seldom = new Seen("seldom", 10);
    list.add(seldom, 0);
    list.add(new Seen("other", 10), 0);
    list.tick(1);
    looks.clear();
    list.due(seldom, 2);
    list.tick(2);
    list.tick(3);
    assertThat(looks).containsExactly("seldom");
    list.remove(seldom);
    list.due(seldom, 4);
    list.tick(4);
    assertThat(looks).containsExactly("seldom");
  }

  @Test
  void whoLeavesWhileOthersAreLookedAtCostsNobodyALook() {
    List<Seen> all = IntStream.range(0, 40).mapToObj(i -> new Seen("c" + i, 10)).toList();
    all.forEach(connection -> list.add(connection, 0));
    all.get(30).whenSeen = () -> list.remove(all.get(30));
    all.get(20).whenSeen = () -> IntStream.range(10, 16).forEach(i -> list.remove(all.get(i)));
    list.tick(1);
    assertThat(looks).hasSize(34).doesNotHaveDuplicates();
    looks.clear();
    list.tick(12);
    assertThat(looks).hasSize(33).doesNotContain("c30", "c12");
  }

  @Test
  void allMayLeaveWhenTheyDrain() {
    List<Seen> all = IntStream.range(0, 40).mapToObj(i -> new Seen("c" + i, 0)).toList();
    all.forEach(connection -> list.add(connection, 0));
    list.forEach(Watched::drain);
    assertThat(list.isEmpty()).isTrue();
    list.remove(all.getFirst());
    assertThat(list.isEmpty()).isTrue();
  }
}
