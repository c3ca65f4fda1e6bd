package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class MemoryLogTest {
  @Test
  void whatRoomWasMadeForNeedsNoMoreMemory() {
    MemoryLog log = new MemoryLog();
    assertThat(log.allocate(4000)).isZero();

    log.makeRoom(2000);
    MemorySegment chunk = log.chunk();

    assertThat(log.allocate(1200)).isZero();
    assertThat(log.allocate(800)).isEqualTo(1200);
    assertThat(log.chunk()).isSameAs(chunk);
  }
}
