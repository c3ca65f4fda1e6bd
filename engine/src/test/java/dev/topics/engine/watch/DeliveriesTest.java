package dev.topics.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.model.EngineClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Who is served first when there is more to serve than time.
final class DeliveriesTest {
  private final List<String> served = new ArrayList<>();
  private final Queue<Runnable> soon = new ArrayDeque<>();
  private final Queue<Runnable> later = new ArrayDeque<>();
  private long millis;
  private int idle;

  private final EngineClock clock =
      new EngineClock() {
        @Override
        public long wallMillis() {
          return millis;
        }

        @Override
        public long nanos() {
          return millis * 1_000_000;
        }
      };

  private final Deliveries deliveries =
      new Deliveries(
          clock,
          new WatchDesk.Turns() {
            @Override
            public void soon(Runnable task) {
              soon.add(task);
            }

            @Override
            public void later(Runnable task) {
              later.add(task);
            }

            @Override
            public Future<?> fetch(Runnable fetch, Runnable then) {
              throw new AssertionError("nothing is read");
            }

            @Override
            public Future<?> after(long millis, Runnable task) {
              throw new AssertionError("all can be read");
            }
          },
          () -> idle++);

  private Deliveries.Waiting named(String name) {
    return new Deliveries.Waiting() {
      @Override
      void serve() {
        served.add(name);
      }
    };
  }

  private void offer(String name, int priority) {
    deliveries.offer(named(name), priority);
  }

  private void work() {
    while (!soon.isEmpty() || !later.isEmpty()) {
      (soon.isEmpty() ? later : soon).remove().run();
    }
  }

  @Test
  void theMoreUrgentGoFirstAndEqualsInTheirOrder() {
    offer("low", -10);
    offer("first", 0);
    offer("second", 0);
    offer("high", 500);
    work();
    assertThat(served).containsExactly("high", "first", "second", "low");
    assertThat(idle).isEqualTo(1);
  }

  @Test
  void whatFailsForOneHoldsUpNobodyElse() {
    deliveries.offer(
        new Deliveries.Waiting() {
          @Override
          void serve() {
            throw new OutOfMemoryError("as a test wants it");
          }
        },
        1);
    offer("beside", 0);
    assertThatThrownBy(this::work).isInstanceOf(OutOfMemoryError.class);
    work();
    offer("later", 0);
    work();
    assertThat(served).containsExactly("beside", "later");
    assertThat(idle).isEqualTo(2);
  }

  @Test
  void aSecondOfWaitingIsWorthAHundredPoints() {
    offer("old", 0);
    millis += 3000;
    offer("a little more urgent", 299);
    offer("much more urgent", 301);
    work();
    assertThat(served).containsExactly("much more urgent", "old", "a little more urgent");
  }

  @Test
  void waitingIsWorthAThousandPointsAtMost() {
    offer("very old", -1000);
    millis += 60_000;
    offer("new and just as urgent as that", 1);
    work();
    assertThat(served).containsExactly("new and just as urgent as that", "very old");
  }

  @Test
  void nobodyWaitsForEverBehindTheSlightlyMoreUrgent() {
    offer("old", 0);
    for (int second = 1; second <= 5; second++) {
      millis += 1000;
      offer("new " + second, 350);
    }
    work();
    assertThat(served.indexOf("old")).isLessThan(served.indexOf("new 4"));
  }

  @Test
  void aSliceEndsBeforeTheThreadForgetsItsOtherWork() {
    for (int i = 0; i < 100; i++) {
      offer("w" + i, 0);
    }
    soon.remove().run();
    assertThat(served).hasSize(64);
    assertThat(later).hasSize(1);
    assertThat(idle).isZero();
    later.remove().run();
    assertThat(served).hasSize(100);
    assertThat(later).isEmpty();
    assertThat(idle).isEqualTo(1);
  }

  @Test
  void whoeverLeavesIsNotServed() {
    Deliveries.Waiting leaving = named("leaving");
    deliveries.offer(leaving, 0);
    offer("staying", 0);
    deliveries.withdraw(leaving);
    deliveries.withdraw(leaving);
    work();
    assertThat(served).containsExactly("staying");
  }
}
