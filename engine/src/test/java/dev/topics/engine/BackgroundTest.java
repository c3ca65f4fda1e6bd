package dev.topics.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Threads in the background outlive what their work throws.
@Timeout(30)
final class BackgroundTest {
  @Test
  void aPauseThatCannotBeToldDoesNotEndTheThread() throws InterruptedException {
    CountDownLatch steps = new CountDownLatch(3);
    try (Background background =
        new Background(
            "test",
            steps::countDown,
            () -> {
              throw new IllegalStateException("no pause");
            },
            Thread::new)) {
      while (!steps.await(1, TimeUnit.MILLISECONDS)) {
        background.wake();
      }
    }
  }

  @Test
  void aStepThatFailsWaitsBeforeItIsTriedAgainUnlessWoken() throws InterruptedException {
    Semaphore steps = new Semaphore(0);
    Thread[] made = new Thread[1];
    try (Background background =
        new Background(
            "test",
            () -> {
              steps.release();
              throw new AssertionError("always");
            },
            () -> 0,
            step -> made[0] = new Thread(step))) {
      steps.acquire();
      while (made[0].getState() != Thread.State.TIMED_WAITING) {
        assertThat(made[0].isAlive()).isTrue();
        Thread.onSpinWait();
      }
      assertThat(background.failures()).isEqualTo(1);
      background.wake();
      steps.acquire();
    }
  }
}
