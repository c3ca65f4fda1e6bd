package dev.topics.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.bench.remote.QueueConnection.Job;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each rule of the oracle fires when somebody lies to it.
final class QueueOracleTest {
  private final QueueOracle oracle = new QueueOracle("q");

  private static Job job(long seq, int deliveries) {
    return new Job(seq, deliveries, "lease_" + seq);
  }

  private void appendAndAck(long seq) {
    oracle.appended(seq, seq);
    oracle.acking(List.of(job(seq, 1)));
    oracle.acked(List.of(job(seq, 1)));
  }

  private void assertNoticed(String what) {
    assertThat(oracle.violations()).singleElement().asString().contains(what);
  }

  @Test
  void anHonestLifeIsNoViolation() {
    oracle.appended(1, 4);
    oracle.claimed(job(1, 1), oracle.moment());
    oracle.claimed(job(2, 1), oracle.moment());
    oracle.acking(List.of(job(1, 1)));
    oracle.acked(List.of(job(1, 1)));
    oracle.acking(List.of(job(2, 1)));
    oracle.restarted(Set.of(3L), Map.of(4L, 3));
    oracle.claimed(job(3, 1), oracle.moment());
    assertThat(oracle.violations()).isEmpty();
  }

  @Test
  void anAckedJobThatReturnsIsNoticed() {
    appendAndAck(1);
    oracle.restarted(Set.of(1L), Map.of());
    assertNoticed("back although it had been acked");
  }

  @Test
  void anAckedJobThatIsClaimedIsNoticed() {
    appendAndAck(1);
    oracle.claimed(job(1, 2), oracle.moment());
    assertNoticed("claimed although it had been acked");
  }

  @Test
  void anAckedJobInTheDeadLetterIsNoticed() {
    appendAndAck(1);
    oracle.restarted(Set.of(), Map.of(1L, 3));
    assertNoticed("in the dead letter although");
  }

  @Test
  void aJobInBothPlacesIsNoticed() {
    oracle.appended(1, 1);
    oracle.restarted(Set.of(1L), Map.of(1L, 3));
    assertNoticed("in the queue and in the dead letter");
  }

  @Test
  void aJobInNeitherPlaceIsNoticed() {
    oracle.appended(1, 1);
    oracle.restarted(Set.of(), Map.of());
    assertNoticed("neither");
  }

  @Test
  void aCounterThatFallsIsNoticed() {
    oracle.appended(1, 1);
    oracle.claimed(job(1, 2), oracle.moment());
    oracle.restarted(Set.of(1L), Map.of());
    oracle.claimed(job(1, 1), oracle.moment());
    assertNoticed("delivery 1 again");
  }

  @Test
  void aDeliveryThatIsToldTwiceIsNoticed() {
    oracle.appended(1, 1);
    oracle.claimed(job(1, 1), oracle.moment());
    oracle.claimed(job(1, 1), oracle.moment());
    assertNoticed("delivery 1 again");
  }

  @Test
  void aDeadJobThatForgotDeliveriesIsNoticed() {
    oracle.appended(1, 1);
    oracle.claimed(job(1, 2), oracle.moment());
    oracle.restarted(Set.of(), Map.of(1L, 1));
    assertNoticed("died after 1 deliveries");
  }
}
