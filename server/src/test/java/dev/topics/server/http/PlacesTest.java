package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.server.limits.ConnectionLimits;
import org.junit.jupiter.api.Test;

/// Places come back once, however often an exchange ends.
final class PlacesTest {
  private final ConnectionLimits limits = ConnectionLimits.of(null, 2L, 0L);

  @Test
  void aStreamThatEndsTwiceGivesOnePlaceBack() {
    Places one = new Places(limits);
    Places two = new Places(limits);
    one.takeStream("");
    two.takeStream("");
    one.giveStream();
    one.giveStream();
    new Places(limits).takeStream("");
    Places fourth = new Places(limits);
    assertThatThrownBy(() -> fourth.takeStream("")).isInstanceOf(Rejected.class);
    fourth.giveStream();
    assertThat(limits.takeStream("")).isNotNull();
  }
}
