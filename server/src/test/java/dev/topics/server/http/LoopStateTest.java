package dev.topics.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.server.auth.KeyRing;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LoopStateTest {
  private final MultiThreadIoEventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final CountDownLatch ticks = new CountDownLatch(3);
  private final CountDownLatch drained = new CountDownLatch(1);
  private final CountDownLatch firstLook = new CountDownLatch(1);
  private final CountDownLatch secondLook = new CountDownLatch(2);
  private volatile KeyRing keys = KeyRing.OPEN;
  private LoopState state;

  /// Fails whatever is asked of it.
  private static final class Broken extends Watched {
    @Override
    long tick(long nowNanos) {
      throw new IllegalStateException("broken");
    }

    @Override
    void drain() {
      throw new IllegalStateException("broken");
    }
  }

  private final class Counting extends Watched {
    @Override
    long tick(long nowNanos) {
      ticks.countDown();
      return 0;
    }

    @Override
    void drain() {
      drained.countDown();
    }
  }

  /// Needs no look for the time of any test.
  private final class Quiet extends Watched {
    @Override
    long tick(long nowNanos) {
      firstLook.countDown();
      secondLook.countDown();
      return TimeUnit.HOURS.toNanos(1);
    }

    @Override
    void drain() {}
  }

  @BeforeEach
  void start() throws Exception {
    EventLoop loop = threads.next();
    state = LoopState.start(loop, () -> keys);
    loop.submit(
            () -> {
              state.add(new Broken());
              state.add(new Counting());
              state.add(new Quiet());
            })
        .get();
  }

  @AfterEach
  void stop() {
    threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void aConnectionThatFailsDoesNotEndTheTicksOfTheOthers() throws Exception {
    assertThat(ticks.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whenTheKeysChangeEachConnectionIsLookedAtHoweverQuiet() throws Exception {
    assertThat(firstLook.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(ticks.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(secondLook.getCount()).isEqualTo(1);
    keys = KeyRing.of(List.of());
    assertThat(secondLook.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aConnectionThatFailsDoesNotKeepTheOthersFromDraining() throws Exception {
    var _ = threads.submit(state::drain);
    assertThat(drained.await(60, TimeUnit.SECONDS)).isTrue();
  }
}
