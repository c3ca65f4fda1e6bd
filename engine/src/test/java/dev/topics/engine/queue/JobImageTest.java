package dev.topics.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// How large the picture of a queue may become.
final class JobImageTest {
  @Test
  void aPictureGrowsUpToWhatAnArrayHolds() throws IOException {
    assertThat(JobImage.capacity(0, 1000)).isEqualTo(1000);
    assertThat(JobImage.capacity(1000, 10)).isEqualTo(2000);
    assertThat(JobImage.capacity(1000, 5000)).isEqualTo(6000);
    assertThat(JobImage.capacity(1_500_000_000, 10)).isEqualTo(Integer.MAX_VALUE - 64);
  }

  @Test
  void moreJobsThanAPictureHoldsAreAFailureThatSaysSo() {
    long bytes = 48L * 45_000_000;
    assertThatThrownBy(() -> JobImage.capacity(0, bytes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("2 GiB");
    assertThatThrownBy(() -> JobImage.capacity(Integer.MAX_VALUE - 64, 1))
        .isInstanceOf(IOException.class);
  }
}
