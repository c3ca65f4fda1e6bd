package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AcceptGateTest {
  private final EmbeddedChannel server = new EmbeddedChannel();

  private boolean accepts() {
    return server.config().isAutoRead();
  }

  @Test
  void atTheMostNoMoreAreAcceptedUntilOneIsClosed() {
    AcceptGate gate = new AcceptGate(2);
    gate.guard(server);
    List<EmbeddedChannel> open = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      while (open.size() < 2) {
        assertThat(accepts()).isTrue();
        EmbeddedChannel connection = new EmbeddedChannel();
        open.add(connection);
        gate.opened(connection);
      }
      assertThat(accepts()).isFalse();
      open.removeFirst().close().syncUninterruptibly();
      assertThat(accepts()).isTrue();
    }
  }

  @Test
  void connectionsBeforeTheGateIsUpCountToo() {
    AcceptGate gate = new AcceptGate(1);
    gate.opened(new EmbeddedChannel());
    gate.guard(server);
    assertThat(accepts()).isFalse();
  }

  @Test
  void filesKeepTheirShareOfTheDescriptors() {
    assertThat(AcceptGate.share(1_048_576)).isEqualTo(1_048_064);
    assertThat(AcceptGate.share(1024)).isEqualTo(512);
    assertThat(AcceptGate.share(100)).isEqualTo(64);
  }
}
