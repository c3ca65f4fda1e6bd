package dev.topics.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.http.ByteOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/// The memory of a page is asked for before anybody has got it.
final class WatchPageTest {
  private static WatchPage page(int bytes) {
    ByteBuf buffer = Unpooled.directBuffer(bytes).writeZero(bytes);
    return new WatchPage(buffer);
  }

  @Test
  void theEventOfAShortPageIsCountedBeforeItIsMade() {
    WatchPage page = page(60_000);
    assertThat(page.memoryBytes()).isEqualTo(120_000);
    page.makeEvent(new ByteOutput().ascii("id: a"));
    assertThat(page.memoryBytes()).isEqualTo(120_000);
    page.release();
  }

  @Test
  void ofALongPageNoEventIsMade() {
    WatchPage page = page(70_000);
    assertThat(page.isShort()).isFalse();
    assertThat(page.memoryBytes()).isEqualTo(70_000);
    page.release();
  }
}
