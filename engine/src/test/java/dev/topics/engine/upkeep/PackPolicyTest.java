package dev.topics.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.index.Losses;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.topic.View;
import dev.topics.storage.journal.SealedFile;
import dev.topics.storage.pack.PackExtent;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Which packs are rewritten and merged (ADR 0012). Sizes are in small runs, of 1000 bytes here.
final class PackPolicyTest {
  private static final long RUN = 1000;
  private static final View ALL_LIVE =
      new View(TopicConfig.DEFAULT, 10, 1, Losses.NONE, SeqSet.EMPTY, 10, 0, 0, 0, 0, null, 0);

  private final PackPolicy policy = new PackPolicy(3, RUN);
  private final List<PackUse> uses = new ArrayList<>();

  /// A pack with `live` bytes of `all`, of which `small` are in small runs; each is newer than
  /// those before.
  private PackUse pack(long small, long live, long all) {
    long id = uses.size() + 1L;
    PackUse use = new PackUse(id);
    use.add(run(id, small), ALL_LIVE, true);
    use.add(run(id, live - small), ALL_LIVE, false);
    use.found(new PackExtent(Tier.HOT, all, all));
    uses.add(use);
    return use;
  }

  private PackUse small(long bytes) {
    return pack(bytes, bytes, bytes);
  }

  private static PackedRun run(long pack, long bytes) {
    return new PackedRun(pack, 0, 1, 1, 10, 10, 0, bytes, pack, pack);
  }

  @Test
  void whereRunsAreTinyMoreFilesAreAwaited() {
    assertThat(policy.filesAtOnce(1, 1, 100 * RUN)).isEqualTo(1);
    assertThat(policy.filesAtOnce(1, 1000, 1000 * RUN / 16)).isEqualTo(1);
    assertThat(policy.filesAtOnce(1, 1000, 1000 * RUN / 32)).isEqualTo(2);
    assertThat(policy.filesAtOnce(2, 1000, 2 * 1000 * RUN / 32)).isEqualTo(2);
    assertThat(policy.filesAtOnce(2, 100_000, 100_000)).isEqualTo(4);
  }

  @Test
  void aPackWithoutRunsTellsNothing() {
    assertThat(policy.filesAtOnce(4, 0, 0)).isEqualTo(1);
  }

  @Test
  void aPackTakesAsManyFilesAsThereIsRoomForAndOneAtLeast() {
    List<SealedFile> due =
        LongStream.range(1, 4).mapToObj(i -> new SealedFile(i, i, i, 100)).toList();
    assertThat(policy.filesThatFit(due, 0)).isEqualTo(1);
    assertThat(policy.filesThatFit(due, 299)).isEqualTo(1);
    assertThat(policy.filesThatFit(due, 300)).isEqualTo(2);
    assertThat(policy.filesThatFit(due, 399)).isEqualTo(2);
    assertThat(policy.filesThatFit(due, 400)).isEqualTo(3);
    assertThat(policy.filesThatFit(due, 1000)).isEqualTo(3);
  }

  @Test
  void asManyPacksOfALevelAsAreSetAreMergedTheOldestFirst() {
    small(20 * RUN);
    small(30 * RUN);
    assertThat(policy.next(uses, false)).isNull();
    small(40 * RUN);
    small(50 * RUN);
    assertThat(policy.next(uses, false)).isEqualTo(new PackPolicy.Plan(Set.of(1L, 2L, 3L), true));
  }

  @Test
  void packsOfDifferentLevelsAreNotMerged() {
    small(63 * RUN);
    small(63 * RUN);
    small(64 * RUN);
    small(3 * 64 * RUN - 1);
    small(3 * 64 * RUN);
    small(9 * 64 * RUN - 1);
    assertThat(policy.next(uses, false)).isNull();
    small(64 * RUN);
    assertThat(policy.next(uses, false)).isEqualTo(new PackPolicy.Plan(Set.of(3L, 4L, 7L), true));
  }

  @Test
  void largeRunsCountForNoLevel() {
    for (int i = 0; i < 5; i++) {
      pack(0, 20 * RUN, 20 * RUN);
    }
    assertThat(policy.next(uses, false)).isNull();
  }

  @Test
  void whatIsVeryLargeTogetherIsLeftAlone() {
    for (int i = 0; i < 3; i++) {
      small(6000 * RUN);
    }
    assertThat(policy.next(uses, false)).isNull();
  }

  @Test
  void whatIsJustNotVeryLargeTogetherIsMerged() {
    for (int i = 0; i < 3; i++) {
      small(5400 * RUN);
    }
    assertThat(policy.next(uses, false)).isEqualTo(new PackPolicy.Plan(Set.of(1L, 2L, 3L), true));
  }

  @Test
  void packsThatLiveByLessThanHalfAreRewrittenBeforeAnyMerge() {
    small(RUN);
    small(RUN);
    small(RUN);
    pack(0, 10 * RUN, 20 * RUN);
    pack(0, 10 * RUN - 1, 20 * RUN);
    pack(0, 2 * RUN, 20 * RUN);
    assertThat(policy.next(uses, false)).isEqualTo(new PackPolicy.Plan(Set.of(5L, 6L), false));
  }

  @Test
  void atMostEightAreRewrittenTogetherAndOneThatIsVeryLargeAlone() {
    pack(0, 1020 * RUN, 4000 * RUN);
    pack(0, 5 * RUN, 4000 * RUN);
    for (int i = 0; i < 12; i++) {
      pack(0, RUN / 10, 4000 * RUN);
    }
    assertThat(policy.next(uses, false))
        .isEqualTo(new PackPolicy.Plan(Set.of(1L, 3L, 4L, 5L, 6L, 7L, 8L, 9L), false));
  }

  @Test
  void onAFullDiskNothingIsMerged() {
    small(RUN);
    small(RUN);
    small(RUN);
    assertThat(policy.next(uses, true)).isNull();
  }

  @Test
  void whatCannotBeReadIsLeftAlone() {
    small(RUN);
    small(RUN);
    small(RUN).markDamaged();
    pack(0, RUN, 20 * RUN).found(null);
    assertThat(policy.next(uses, false)).isNull();
  }
}
