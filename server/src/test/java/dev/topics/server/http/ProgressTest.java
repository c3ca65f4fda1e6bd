package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final Progress progress = new Progress(0);

  @Test
  void timeCountsWhileThereIsSomethingAndNothingIsTaken() {
    assertThat(progress.stalledNanos(0, 10)).isZero();
    assertThat(progress.stalledNanos(100, 20)).isZero();
    assertThat(progress.stalledNanos(100, 30)).isEqualTo(10);
    assertThat(progress.stalledNanos(99, 40)).isZero();
    assertThat(progress.stalledNanos(99, 50)).isEqualTo(10);
  }

  @Test
  void aSecondStallOfTheSameLengthCountsFromItsOwnBeginning() {
    progress.noted(100, 10);
    assertThat(progress.stalledNanos(100, 20)).isEqualTo(10);
    progress.made(30);
    progress.noted(100, 90);
    assertThat(progress.stalledNanos(100, 95)).isEqualTo(5);
  }
}
