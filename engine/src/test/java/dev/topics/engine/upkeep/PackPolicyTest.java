package dev.topics.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.index.Losses;
import dev.topics.engine.index.SeqSet;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.topic.View;
import dev.topics.engine.upkeep.PackPolicy.Plan;
import dev.topics.engine.upkeep.PackPolicy.Room;
import dev.topics.storage.journal.SealedFile;
import dev.topics.storage.pack.PackExtent;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which packs are rewritten and merged (ADR 0012). Sizes are in small runs, of 1000 bytes here.
final class PackPolicyTest {
  private static final long RUN = 1000;
  private static final Room FULL = Room.of(1L << 50, 64 << 20, true);
  private static final View ALL_LIVE =
      new View(TopicConfig.DEFAULT, 10, 1, Losses.NONE, SeqSet.EMPTY, 10, 0, 0, 0, 0, null, 0);

  private final PackPolicy policy = new PackPolicy(3, RUN);
  private final List<PackUse> uses = new ArrayList<>();

  private @Nullable Plan next() {
    return policy.next(uses, Room.UNLIMITED, null);
  }

  private static Plan merge(Long... packs) {
    return new Plan(Set.of(packs), true);
  }

  private static Plan rewriting(Long... packs) {
    return new Plan(Set.of(packs), false);
  }

  /// A pack with `live` bytes of `all`, of which `small` are in small runs; each is newer than
  /// those before, and some small run of it lies beside one of each of them.
  private PackUse pack(long small, long live, long all) {
    PackUse use = lonely(small, live, all);
    uses.stream().filter(other -> other != use).forEach(use::addNeighbour);
    return use;
  }

  /// The same, but no small run of it lies beside another one yet.
  private PackUse lonely(long small, long live, long all) {
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

  private PackUse lonely(long bytes) {
    return lonely(bytes, bytes, bytes);
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
    assertThat(next()).isNull();
    small(40 * RUN);
    small(50 * RUN);
    assertThat(next()).isEqualTo(merge(1L, 2L, 3L));
  }

  @Test
  void packsOfDifferentLevelsAreNotMerged() {
    small(64 * RUN);
    small(3 * 64 * RUN - 1);
    small(3 * 64 * RUN);
    small(9 * 64 * RUN - 1);
    small(63 * RUN);
    small(63 * RUN);
    assertThat(next()).isNull();
    small(64 * RUN);
    assertThat(next()).as("with what is lower and older").isEqualTo(merge(1L, 2L, 5L, 6L, 7L));
    small(63 * RUN);
    assertThat(next()).isEqualTo(merge(5L, 6L, 8L));
  }

  @Test
  void packsWhoseSmallRunsLieBesideNoneOfTheirLevelDoNotCountAndHideNoOthers() {
    PackUse first = lonely(20 * RUN);
    PackUse higher = lonely(64 * RUN);
    PackUse second = lonely(20 * RUN);
    PackUse third = lonely(20 * RUN);
    higher.addNeighbour(first);
    higher.addNeighbour(second);
    higher.addNeighbour(third);
    assertThat(next()).isNull();
    PackUse fourth = lonely(30 * RUN);
    PackUse fifth = lonely(30 * RUN);
    fifth.addNeighbour(fourth);
    assertThat(next()).isNull();
    lonely(30 * RUN).addNeighbour(fifth);
    assertThat(next()).isEqualTo(merge(5L, 6L, 7L));
  }

  @Test
  void whatIsCutOffByAHigherLevelIsMergedWithThat() {
    PackUse before = lonely(20 * RUN);
    for (int i = 0; i < 3; i++) {
      PackUse higher = lonely(64 * RUN);
      higher.addNeighbour(before);
      before = lonely(20 * RUN);
      before.addNeighbour(higher);
    }
    assertThat(next()).as("the last one is newer").isEqualTo(merge(1L, 2L, 3L, 4L, 5L, 6L));
  }

  @Test
  void ofTheOldestPacksEachBringsAlongWhatItCanBeMergedWith() {
    List<PackUse> old = List.of(lonely(RUN), lonely(RUN), lonely(RUN));
    for (PackUse use : old) {
      lonely(RUN).addNeighbour(use);
    }
    assertThat(next()).isEqualTo(merge(1L, 2L, 3L, 4L, 5L, 6L));
  }

  @Test
  void whatIsVeryLargeHidesNothing() {
    for (int i = 0; i < 3; i++) {
      small(6000 * RUN);
    }
    for (int i = 0; i < 3; i++) {
      small(5000 * RUN);
    }
    assertThat(next()).isEqualTo(merge(4L, 5L, 6L));
  }

  @Test
  void whatIsTakenAlongMakesNoMergeVeryLarge() {
    PackPolicy two = new PackPolicy(2, RUN);
    for (int i = 0; i < 10; i++) {
      lonely(4000 * RUN);
    }
    small(8000 * RUN);
    small(8000 * RUN);
    assertThat(two.next(uses, Room.UNLIMITED, null)).isEqualTo(merge(1L, 2L, 3L, 4L, 11L));
  }

  @Test
  void rewritingTakesTurnsWithMerging() {
    small(RUN);
    small(RUN);
    small(RUN);
    pack(0, RUN, 20 * RUN);
    assertThat(policy.next(uses, Room.UNLIMITED, merge(9L))).isEqualTo(rewriting(4L));
    assertThat(policy.next(uses, Room.UNLIMITED, rewriting(9L))).isEqualTo(merge(1L, 2L, 3L));
    assertThat(policy.next(uses, FULL, rewriting(9L))).isEqualTo(rewriting(4L));
    uses.removeFirst();
    assertThat(policy.next(uses, Room.UNLIMITED, rewriting(9L))).isEqualTo(rewriting(4L));
  }

  @Test
  void largeRunsCountForNoLevel() {
    for (int i = 0; i < 5; i++) {
      pack(0, 20 * RUN, 20 * RUN);
    }
    assertThat(next()).isNull();
  }

  @Test
  void whatIsVeryLargeTogetherIsLeftAlone() {
    for (int i = 0; i < 3; i++) {
      small(6000 * RUN);
    }
    assertThat(next()).isNull();
  }

  @Test
  void whatIsJustNotVeryLargeTogetherIsMerged() {
    for (int i = 0; i < 3; i++) {
      small(5400 * RUN);
    }
    assertThat(next()).isEqualTo(merge(1L, 2L, 3L));
  }

  @Test
  void packsThatLiveByLessThanHalfAreRewrittenBeforeAnyMerge() {
    small(RUN);
    small(RUN);
    small(RUN);
    pack(0, 10 * RUN, 20 * RUN);
    pack(0, 10 * RUN - 1, 20 * RUN);
    pack(0, 2 * RUN, 20 * RUN);
    assertThat(next()).isEqualTo(rewriting(5L, 6L));
  }

  @Test
  void atMostEightAreRewrittenTogetherAndOneThatIsVeryLargeAlone() {
    pack(0, 1020 * RUN, 4000 * RUN);
    pack(0, 5 * RUN, 4000 * RUN);
    for (int i = 0; i < 12; i++) {
      pack(0, RUN / 10, 4000 * RUN);
    }
    assertThat(next()).isEqualTo(rewriting(1L, 3L, 4L, 5L, 6L, 7L, 8L, 9L));
  }

  @Test
  void onAFullDiskNothingIsMerged() {
    small(RUN);
    small(RUN);
    small(RUN);
    assertThat(policy.next(uses, FULL, null)).isNull();
  }

  @Test
  void whatCannotBeReadIsLeftAlone() {
    small(RUN);
    small(RUN);
    small(RUN).markDamaged();
    pack(0, RUN, 20 * RUN).found(null);
    assertThat(next()).isNull();
  }

  private @Nullable Plan nextWithRoom(long toRewrite, long toMerge) {
    return policy.next(uses, new Room(toRewrite, toMerge), null);
  }

  @Test
  void whatThereIsNoRoomForIsPassedOverTheFirstIncluded() {
    pack(0, 9 * RUN, 20 * RUN);
    pack(0, 4 * RUN, 20 * RUN);
    pack(0, 4 * RUN, 20 * RUN);
    pack(0, RUN, 20 * RUN);
    assertThat(nextWithRoom(RUN - 1, 0)).isNull();
    assertThat(nextWithRoom(RUN, 0)).isEqualTo(rewriting(4L));
    assertThat(nextWithRoom(5 * RUN, 0)).isEqualTo(rewriting(2L, 4L));
    assertThat(nextWithRoom(9 * RUN, 0)).isEqualTo(rewriting(1L));
    assertThat(nextWithRoom(18 * RUN, 0)).isEqualTo(rewriting(1L, 2L, 3L, 4L));
  }

  @Test
  void aMergeForWhichThereIsNoRoomIsNotBegunAndHoldsUpNoRewriting() {
    small(RUN);
    small(RUN);
    small(RUN);
    assertThat(nextWithRoom(0, 3 * RUN - 1)).isNull();
    assertThat(nextWithRoom(0, 3 * RUN)).isEqualTo(merge(1L, 2L, 3L));
    pack(0, RUN, 20 * RUN);
    Room room = new Room(RUN, 3 * RUN - 1);
    assertThat(policy.next(uses, room, rewriting(9L))).isEqualTo(rewriting(4L));
  }

  @Test
  void aPackNeedsRoomForWhatDescribesItsRecordsToo() {
    small(RUN);
    small(RUN);
    small(RUN).found(new PackExtent(Tier.HOT, 3 * RUN, RUN));
    assertThat(nextWithRoom(0, 5 * RUN - 1)).isNull();
    assertThat(nextWithRoom(0, 5 * RUN)).isEqualTo(merge(1L, 2L, 3L));
    pack(0, RUN, 20 * RUN).found(new PackExtent(Tier.HOT, 60 * RUN, 20 * RUN));
    assertThat(nextWithRoom(3 * RUN - 1, 0)).isNull();
    assertThat(nextWithRoom(3 * RUN, 0)).isEqualTo(rewriting(4L));
  }

  @Test
  void halfOfWhatIsFreeIsForOthersAndAMergeLeavesTwoFilesOfTheJournal() {
    assertThat(Room.of(1000, 100, false)).isEqualTo(new Room(500, 500));
    assertThat(Room.of(300, 100, false)).isEqualTo(new Room(150, 100));
    assertThat(Room.of(199, 100, false)).isEqualTo(new Room(99, 0));
  }

  @Test
  void whereNoFileOfTheJournalFitsInARewritingMayTakeNearlyAll() {
    assertThat(Room.of(100, 100, false)).isEqualTo(new Room(50, 0));
    assertThat(Room.of(80, 100, false)).isEqualTo(new Room(70, 0));
    assertThat(Room.of(80, 10, true)).isEqualTo(new Room(70, 0));
  }
}
