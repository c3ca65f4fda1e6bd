package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.model.Durability;
import dev.topics.engine.simulation.EngineOracle.Loss;
import dev.topics.engine.simulation.EngineOracle.Violated;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Lies to each rule of the oracle of the simulation: a rule that lets its lie pass judges nothing.
///
/// Seqs 1 to 3 hold the numbers 10, 20 and 30, all of them acknowledged.
final class EngineOracleTest {
  private final EngineOracle oracle = new EngineOracle("t");

  @BeforeEach
  void threeRecords() {
    for (long seq = 1; seq <= 3; seq++) {
      oracle.sent(10 * seq);
      oracle.acked(seq, 10 * seq, Durability.DISK);
    }
  }

  private static NavigableMap<Long, Long> live(long... seqsAndNumbers) {
    NavigableMap<Long, Long> live = new TreeMap<>();
    for (int i = 0; i < seqsAndNumbers.length; i += 2) {
      live.put(seqsAndNumbers[i], seqsAndNumbers[i + 1]);
    }
    return live;
  }

  private void recovered(
      NavigableMap<Long, Long> live, List<long[]> gaps, long head, Loss loss, String violation) {
    assertThatThrownBy(() -> oracle.recovered(live, gaps, head, loss))
        .isInstanceOf(Violated.class)
        .hasMessageContaining(violation);
  }

  @Test
  void theTruthPasses() {
    oracle.recovered(live(1, 10, 2, 20, 3, 30), List.of(), 3, Loss.NOTHING);
    oracle.deleted(Set.of(10L), true, Durability.DISK);
    oracle.crashed(Loss.UNSYNCED);
    oracle.recovered(live(2, 20), List.of(new long[] {3, 9}), 9, Loss.UNSYNCED);
  }

  @Test
  void aHeadThatFallsBackIsNoticed() {
    recovered(live(1, 10, 2, 20), List.of(), 2, Loss.UNSYNCED, "head 2, but 3 was seen");
  }

  @Test
  void anAckedRecordThatIsGoneWithoutATombstoneIsNoticed() {
    recovered(live(1, 10, 3, 30), List.of(), 3, Loss.UNSYNCED, "seq 2 is gone without a word");
  }

  @Test
  void aLossThatTheClassForbidsIsNoticed() {
    List<long[]> gap = List.of(new long[] {3, 3});
    recovered(live(1, 10, 2, 20), gap, 3, Loss.NOTHING, "acked DISK record 3 is lost");
    oracle.synced();
    recovered(live(1, 10, 2, 20), gap, 3, Loss.UNSYNCED, "acked FSYNC record 3 is lost");
  }

  @Test
  void aRecordThatNobodySentIsNoticed() {
    recovered(live(1, 10, 2, 20, 3, 30, 4, 99), List.of(), 4, Loss.NOTHING, "99 was never sent");
  }

  @Test
  void aSeqThatIsUsedAgainIsNoticed() {
    oracle.sent(40);
    recovered(
        live(1, 10, 2, 20, 3, 40), List.of(), 3, Loss.UNSYNCED, "seq 3 is used again: 30, then 40");
  }

  @Test
  void aRecordThatIsThereTwiceIsNoticed() {
    recovered(live(1, 10, 2, 20, 3, 30, 4, 30), List.of(), 4, Loss.NOTHING, "30 is there twice");
  }

  @Test
  void recordsOutOfOrderAreNoticed() {
    oracle.sent(40);
    oracle.sent(50);
    recovered(
        live(1, 10, 2, 20, 3, 30, 4, 50, 5, 40), List.of(), 5, Loss.NOTHING, "40 is out of order");
  }

  @Test
  void aDeletedRecordThatIsBackIsNoticed() {
    oracle.deleted(Set.of(20L), true, Durability.FSYNC);
    oracle.crashed(Loss.UNSYNCED);
    recovered(live(1, 10, 2, 20, 3, 30), List.of(), 3, Loss.UNSYNCED, "20 was deleted and is back");
  }

  @Test
  void aRecordThatWasToldToBeLostAndIsBackIsNoticed() {
    List<long[]> gap = List.of(new long[] {3, 3});
    oracle.recovered(live(1, 10, 2, 20), gap, 3, Loss.UNSYNCED);
    recovered(
        live(1, 10, 2, 20, 3, 30), List.of(), 3, Loss.NOTHING, "seq 3 was told to be lost and is");
  }

  @Test
  void aTombstoneOverARecordThatIsThereIsNoticed() {
    List<long[]> gap = List.of(new long[] {2, 3});
    recovered(live(1, 10, 2, 20), gap, 3, Loss.UNSYNCED, "seq 2 is lost and there");
  }

  @Test
  void aHoleThatNothingExplainsIsNoticed() {
    recovered(
        live(1, 10, 2, 20, 3, 30), List.of(), 5, Loss.NOTHING, "seq 4 is missing without a word");
  }
}
