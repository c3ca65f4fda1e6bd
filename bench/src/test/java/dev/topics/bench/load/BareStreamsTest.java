package dev.topics.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Whoever hangs up while an event goes out keeps it from nobody else.
final class BareStreamsTest {
  private static final int CHANNELS = 5;

  private final MultiThreadIoEventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
  private final EventLoop loop = (EventLoop) threads.next();
  private final BareStreams streams = new BareStreams(threads);
  private final List<Integer> written = new ArrayList<>();

  @AfterEach
  void stop() {
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /// Stands for the network.
  private final class Wire extends ChannelOutboundHandlerAdapter {
    private final int number;
    private final boolean broken;

    Wire(int number, boolean broken) {
      this.number = number;
      this.broken = broken;
    }

    @Override
    public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
      ReferenceCountUtil.release(bytes);
      written.add(number);
      if (broken) {
        var _ = context.close();
      }
    }

    @Override
    public void flush(ChannelHandlerContext context) {}
  }

  private void open(int number, boolean broken) {
    LocalChannel channel = new LocalChannel();
    threads.register(channel).syncUninterruptibly();
    channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
    loop.submit(
            () -> {
              streams.open(channel.pipeline().firstContext());
              channel.pipeline().addLast(new Wire(number, broken));
            })
        .syncUninterruptibly();
  }

  private List<Integer> delivered() {
    written.clear();
    streams.deliver();
    return loop.submit(() -> List.copyOf(written)).syncUninterruptibly().getNow();
  }

  @Test
  void aStreamThatClosesAsItIsWrittenToKeepsTheEventFromNoOther() {
    for (int i = 0; i < CHANNELS; i++) {
      open(i, i == 1 || i == 3);
    }
    assertThat(delivered()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    assertThat(delivered()).containsExactlyInAnyOrder(0, 2, 4);
  }
}
