package dev.topics.engine.router;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.model.TagMatch;
import dev.topics.engine.router.TopicMemory.Shown;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each rule of the oracle turns red when it is told a lie.
final class RouteOracleTest {
  private static final String ROUTER = "r";
  private static final String TAG = "t1";

  private final TopicMemory source = new TopicMemory("a");
  private final TopicMemory dest = new TopicMemory("b");
  private final Leg leg = new Leg(ROUTER, source, dest, 0, true, true, new TagMatch.Prefix("t"));

  @BeforeEach
  void twoRecordsArrived() {
    dest.into().add(leg);
    for (long seq = 1; seq <= 2; seq++) {
      source.sawRecord(seq, Shown.plain(100 + seq, TAG));
      dest.sawRecord(seq, copy(100 + seq, TAG, seq));
    }
    source.endLook(2);
    dest.endLook(2);
  }

  private static Shown copy(long number, String tag, long sourceSeq) {
    return new Shown(number, tag, ROUTER, "a", sourceSeq);
  }

  private void judge() {
    RouteOracle.judgeArrivals(leg, source.head());
    RouteOracle.judgeOrigins(dest);
    RouteOracle.judgeCompleteness(leg, source.head(), false);
    RouteOracle.judgeSeqs(dest);
    RouteOracle.judgeCount(dest, 2);
  }

  private void wrote(long seq, String tag) {
    source.sawRecord(seq, Shown.plain(100 + seq, tag));
    source.endLook(seq);
  }

  @Test
  void theTruthPasses() {
    assertThatCode(this::judge).doesNotThrowAnyException();
  }

  @Test
  void aRecordThatArrivesTwiceIsNoticed() {
    dest.sawRecord(3, copy(102, TAG, 2));
    assertThatThrownBy(this::judge).hasMessageContaining("twice");
  }

  @Test
  void disorderIsNoticed() {
    wrote(3, TAG);
    wrote(4, TAG);
    dest.sawRecord(3, copy(104, TAG, 4));
    dest.sawRecord(4, copy(103, TAG, 3));
    assertThatThrownBy(this::judge).hasMessageContaining("out of order");
  }

  @Test
  void aCopyBehindTheCursorIsNoticed() {
    assertThatThrownBy(() -> RouteOracle.judgeArrivals(leg, 1))
        .hasMessageContaining("its cursor is 1");
  }

  @Test
  void aCursorWithoutItsCopyIsNoticed() {
    wrote(3, TAG);
    assertThatCode(() -> RouteOracle.judgeCompleteness(leg, 2, false)).doesNotThrowAnyException();
    assertThatThrownBy(() -> RouteOracle.judgeCompleteness(leg, 3, false))
        .hasMessageContaining("never arrived");
  }

  @Test
  void aLeakingFilterIsNoticed() {
    wrote(3, "u");
    dest.sawRecord(3, copy(103, "u", 3));
    assertThatThrownBy(this::judge).hasMessageContaining("passed the filter");
  }

  @Test
  void aFilterThatChangedTooEarlyIsNoticed() {
    leg.filterFrom(2, new TagMatch.Exact("u"));
    assertThatCode(this::judge).doesNotThrowAnyException();
    wrote(3, TAG);
    dest.sawRecord(3, copy(103, TAG, 3));
    assertThatThrownBy(this::judge).hasMessageContaining("passed the filter");
  }

  @Test
  void aTagThatChangedOnItsWayIsNoticed() {
    wrote(3, TAG);
    dest.sawRecord(3, copy(103, "t2", 3));
    assertThatThrownBy(this::judge).hasMessageContaining("tag=t2");
  }

  @Test
  void aWrongStampIsNoticed() {
    wrote(3, TAG);
    dest.sawRecord(3, copy(103, TAG, 2));
    assertThatThrownBy(this::judge).hasMessageContaining("nothing brought");
  }

  @Test
  void aRecordThatComesRoundForeverIsNoticed() {
    Leg back = new Leg("back", /* source= */ dest, /* dest= */ source, 0, true, true, null);
    source.into().add(back);
    leg.isThere();
    back.isThere();
    // The record 2 was there before them, so that 10 counts as forwarded 15 times, and 11 as 17.
    for (long seq = 3; seq <= 10; seq++) {
      comesRound(seq);
    }
    assertThatCode(() -> RouteOracle.judgeArrivals(leg, 40)).doesNotThrowAnyException();
    comesRound(11);
    assertThatThrownBy(() -> RouteOracle.judgeArrivals(leg, 40))
        .hasMessageContaining("11 came round too often");
  }

  private void comesRound(long seq) {
    source.sawRecord(seq, new Shown(102, TAG, "back", "b", seq - 1));
    dest.sawRecord(seq, copy(102, TAG, seq));
  }

  @Test
  void aRecordThatNeverArrivesIsNoticed() {
    wrote(3, TAG);
    assertThatThrownBy(this::judge).hasMessageContaining("never arrived");
    source.delete(3);
    assertThatCode(this::judge).doesNotThrowAnyException();
  }

  @Test
  void aLossThatNobodyIsToldOfIsNoticed() {
    wrote(3, TAG);
    source.startLook();
    assertThatThrownBy(this::judge).hasMessageContaining("nobody is told");
    dest.sawGap(new TopicMemory.Gap(3, 3, "SOURCE_TRIM"));
    dest.endLook(3);
    assertThatCode(this::judge).doesNotThrowAnyException();
  }

  @Test
  void seqsThatStandForNothingAreNoticed() {
    dest.endLook(3);
    assertThatThrownBy(this::judge).hasMessageContaining("do not make a head");
  }

  @Test
  void aCopyThatIsNotCountedIsNoticed() {
    assertThatThrownBy(() -> RouteOracle.judgeCount(dest, 1)).hasMessageContaining("counts 1");
  }
}
