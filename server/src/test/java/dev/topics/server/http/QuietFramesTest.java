package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.auth.KeyRing;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.EmptyHttp2Headers;
import io.netty.handler.codec.http2.Http2FrameLogger.Direction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How many frames that carry nothing a client has room for. No time passes here.
final class QuietFramesTest {
  private static final int FRAMES = 1_000_000;

  private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
  private final ChannelHandlerContext context = channel.pipeline().firstContext();
  private final QuietFrames frames =
      new QuietFrames(LoopState.start(channel.eventLoop(), () -> KeyRing.OPEN));

  @AfterEach
  void close() {
    var _ = channel.close();
  }

  private void headers(int stream) {
    frames.logHeaders(Direction.INBOUND, context, stream, EmptyHttp2Headers.INSTANCE, 0, true);
  }

  /// How many pings come through before the connection is ended.
  private int pings() {
    for (int i = 0; i < FRAMES; i++) {
      try {
        frames.logPing(Direction.INBOUND, context, i);
      } catch (IllegalStateException e) {
        return i;
      }
    }
    return FRAMES;
  }

  @Test
  void eachRequestGivesRoomForMore() {
    assertThat(pings()).isEqualTo(1_000);
    headers(1);
    headers(3);
    assertThat(pings()).isBetween(150, 200);
  }

  @Test
  void whatRequestsGiveIsNotSavedUpWithoutEnd() {
    for (int i = 0; i < 10_000; i++) {
      headers(2 * i + 1);
    }
    assertThat(pings()).isEqualTo(10_000);
  }

  @Test
  void whatAnswersGiveIsNotSavedUpWithoutEnd() {
    for (int i = 0; i < 10_000; i++) {
      frames.logData(Direction.OUTBOUND, context, 1, Unpooled.EMPTY_BUFFER, 0, false);
    }
    assertThat(pings()).isEqualTo(10_000);
  }

  @Test
  void trailersAndHeadersOfOldStreamsGiveNothing() {
    headers(5);
    for (int i = 0; i < 1_000; i++) {
      headers(5);
      headers(3);
    }
    assertThat(pings()).isEqualTo(1_100);
  }
}
