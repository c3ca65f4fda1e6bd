package dev.topics.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReservationTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1000 * MILLI;

  private final Reservation reservation = new Reservation();
  private long head;
  private long lsn;

  @Test
  void topicsThatHardlyWriteReserveFewSeqs() {
    append(1, 5 * SECOND);

    assertThat(reservation.through()).isEqualTo(33);
  }

  @Test
  void aReservationHoldsTwoMoreWritesLikeTheLast() {
    append(1000, 0);

    assertThat(reservation.through()).isEqualTo(3000);
  }

  @Test
  void aReservationGrowsWhileItIsUsedUpWithinASecondAndShrinksAgain() {
    for (int i = 0; i < 10_000; i++) {
      append(1, i * MILLI / 10);
    }
    long busy = reservation.through() - head;
    for (int i = 0; i < 20_000; i++) {
      append(1, SECOND + i * SECOND);
    }

    assertThat(busy).isGreaterThan(2000);
    assertThat(reservation.through() - head).isLessThanOrEqualTo(32);
  }

  @Test
  void aTopicThatPausesKeepsLittleAndOneAtRestNothing() {
    for (int i = 0; i < 10_000; i++) {
      append(1, i * MILLI / 10);
    }

    assertThat(reservation.atRest(head, SECOND)).isEqualTo(reservation.through());
    assertThat(reservation.mayRest(head, 3 * SECOND)).isTrue();
    assertThat(reservation.atRest(head, 3 * SECOND)).isEqualTo(head + 32);
    reservation.apply(head + 32, ++lsn);
    assertThat(reservation.mayRest(head, 50 * SECOND)).isFalse();
    assertThat(reservation.atRest(head, 50 * SECOND)).isEqualTo(head + 32);
    assertThat(reservation.mayRest(head, 62 * SECOND)).isTrue();
    assertThat(reservation.atRest(head, 62 * SECOND)).isEqualTo(head);
  }

  @Test
  void aTopicThatPausedStartsWithFewSeqsAgain() {
    for (int i = 0; i < 10_000; i++) {
      append(1, i * MILLI / 10);
    }
    reservation.apply(reservation.atRest(head, 62 * SECOND), ++lsn);
    append(1, 70 * SECOND);

    assertThat(reservation.through()).isEqualTo(head + 32);
  }

  @Test
  void whatNobodyUsedSinceTheStartRestsFromTheFirstLook() {
    reservation.apply(32, ++lsn);

    assertThat(reservation.mayRest(0, 90 * SECOND)).isTrue();
    assertThat(reservation.atRest(0, 90 * SECOND)).isEqualTo(32);
    assertThat(reservation.mayRest(0, 149 * SECOND)).isFalse();
    assertThat(reservation.atRest(0, 149 * SECOND)).isEqualTo(32);
    assertThat(reservation.mayRest(0, 151 * SECOND)).isTrue();
    assertThat(reservation.atRest(0, 151 * SECOND)).isZero();
  }

  @Test
  void aSeqIsSafeOnlyBelowADurableReservation() {
    reservation.apply(32, 1);
    reservation.apply(96, 2);

    assertThat(reservation.safeThrough(0)).isZero();
    assertThat(reservation.safeThrough(2)).isEqualTo(96);
    reservation.apply(40, 3);
    assertThat(reservation.safeThrough(2)).isEqualTo(40);
  }

  @Test
  void whatBecameDurableUnnoticedIsSafeWhileItIsRenewed() {
    reservation.apply(32, 1);
    reservation.apply(reservation.next(20, 0, 1), 2);

    assertThat(reservation.safeThrough(1)).isEqualTo(32);
  }

  @Test
  void lookingForWhatRestsNamesWhatTheCommitWouldChange() {
    append(100, 0);
    for (long nanos = 0; nanos < 120 * SECOND; nanos += SECOND / 2) {
      assertThat(reservation.mayRest(head, nanos))
          .isEqualTo(reservation.atRest(head, nanos) != reservation.through());
    }
  }

  private void append(int records, long nanos) {
    long newHead = head + records;
    reservation.used(head, newHead, nanos);
    if (reservation.isRunningOut(newHead)) {
      reservation.apply(reservation.next(newHead, nanos, 0), ++lsn);
    }
    head = newHead;
  }
}
