package dev.topics.engine.router;

import static dev.topics.engine.router.RoutedEngine.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.EngineSeam;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.RouterInfo;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.TopicSeam;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// Steps of the forwarder that fail: what they leave behind.
final class FailedForwardingTest {
  /// What the clock of a lane throws while it is not fixed.
  private static final class BrokenClock implements EngineClock {
    private boolean fixed;

    @Override
    public long wallMillis() {
      if (!fixed) {
        throw new IllegalStateException("the clock is broken");
      }
      return 0;
    }

    @Override
    public long nanos() {
      return 0;
    }
  }

  @Test
  void whatAFailedStepPlannedIsForwardedOnce() {
    AtomicReference<RouterTable> table = new AtomicReference<>();
    RoutedEngine engine = withFullTopic(table);
    engine.router("r", route("a", "b"));
    engine.router("sound", route("c", "d"));
    engine.router("failing", route("c", "full"));
    engine.settle();
    BrokenClock clock = new BrokenClock();
    breakLane(table.get(), "failing", clock);

    engine.append("a", "{\"data\":1}", "{\"data\":2}");
    engine.append("c", "{\"data\":1}");
    assertThatThrownBy(() -> engine.engine().step()).hasMessage("the clock is broken");
    engine.append("a", "{\"data\":3}");
    clock.fixed = true;
    engine.settle();

    assertThat(engine.read("b"))
        .containsExactly(
            "{\"$seq\":1,\"data\":1}", "{\"$seq\":2,\"data\":2}", "{\"$seq\":3,\"data\":3}");
    assertThat(engine.router("r").forwarded()).isEqualTo(3);
    assertThat(engine.read("d")).hasSize(1);
    engine.append("a", "{\"data\":4}");
    engine.settle();
    assertThat(engine.read("b")).hasSize(4);
  }

  /// A clock of a lane that does something else when the lane is blocked.
  private record Interruption(Runnable action) implements EngineClock {
    @Override
    public long wallMillis() {
      action.run();
      return 0;
    }

    @Override
    public long nanos() {
      return 0;
    }
  }

  /// Between planning and committing, what one lane read is gone and the destination of another is
  /// full: the first is refused, the third goes on, the second as soon as there is room.
  @Test
  void whatSharesAFrameWithADefectivePlanIsForwardedOrTriedAgain() {
    AtomicReference<RouterTable> table = new AtomicReference<>();
    RoutedEngine engine = withFullTopic(table);
    engine.topic("limited", config -> config.capRecords(1).discard(Discard.REJECT));
    engine.router("defective", route("a", "x"));
    engine.router("limited", route("b", "limited"));
    engine.router("sound", route("c", "d"));
    engine.router("last", route("e", "full"));
    engine.append("a", "{\"data\":1}");
    engine.settle();
    Runnable takeBack =
        TopicSeam.goingBackToNow(EngineSeam.topics(engine.engine()), new TopicName("a"));
    AtomicInteger interrupted = new AtomicInteger();
    breakLane(
        table.get(),
        "last",
        new Interruption(() -> {
          if (interrupted.getAndIncrement() == 0) {
            takeBack.run();
            engine.append("limited", "{\"data\":0}");
          }
        }));

    for (String source : List.of("a", "b", "c", "e")) {
      engine.append(source, "{\"data\":2}");
    }
    assertThat(interrupted).hasValue(0);
    engine.settle();
    assertThat(interrupted).hasPositiveValue();
    assertThat(engine.engine().stats().failures()).isEqualTo(1);
    assertThat(engine.read("d")).hasSize(1);
    assertThat(engine.read("x")).hasSize(1);
    assertThat(engine.read("limited")).containsExactly("{\"$seq\":1,\"data\":0}");

    engine.topic("limited", config -> config.capRecords(2));
    engine.clock.advance(1000);
    engine.settle();
    assertThat(engine.read("limited")).hasSize(2);
    engine.append("a", "{\"data\":3}");
    engine.settle();
    assertThat(engine.read("x")).hasSize(3);
  }

  /// Both destinations are in one frame.
  @Test
  void aDestinationOfWhichSomebodyCannotBeToldHidesNoOther() {
    RoutedEngine engine = new RoutedEngine();
    engine.router("r", route("a", "b"));
    engine.router("s", route("a", "c"));
    engine.append("a", "{\"data\":1}");
    engine.settle();
    TopicSeam.topic(EngineSeam.topics(engine.engine()), new TopicName("b"))
        .follow(() -> {
          throw new IllegalStateException("nobody can be told");
        });

    engine.append("a", "{\"data\":2}");
    engine.settle();

    assertThat(engine.read("b")).hasSize(2);
    assertThat(engine.read("c")).hasSize(2);
    assertThat(engine.router("r").blocked()).isNull();
    assertThat(engine.engine().stats().failures()).isEqualTo(1);
  }

  /// Else its thread would look for work that it must not do, without a pause.
  @Test
  void aForwarderOnAFailedDiskRestsWhateverIsLeft() {
    AtomicReference<RouterTable> table = new AtomicReference<>();
    RoutedEngine engine = withFullTopic(table);
    engine.router("r", route("a", "b"));
    engine.settle();
    Forwarder forwarder = new Forwarder(EngineSeam.topics(engine.engine()), table.get());
    engine.append("a", "{\"data\":1}");
    TopicSeam.failStorage(EngineSeam.topics(engine.engine()));
    Router router = Objects.requireNonNull(table.get().find(new RouterName("r")));
    SourceLanes source = router.lanes().values().iterator().next().sourceLanes();
    table.get().due().add(source);
    assertThat(forwarder.pauseMillis()).isZero();

    forwarder.run();
    table.get().due().add(source);

    assertThat(forwarder.pauseMillis()).isEqualTo(Long.MAX_VALUE);
  }

  /// An engine with a topic `full` that takes no more; puts its routers into `table`.
  private static RoutedEngine withFullTopic(AtomicReference<RouterTable> table) {
    RoutedEngine engine =
        new RoutedEngine(state -> {
          table.set((RouterTable) state);
          return state;
        });
    engine.topic("full", config -> config.capRecords(1).discard(Discard.REJECT));
    engine.append("full", "{\"data\":0}");
    return engine;
  }

  /// Has the router fail when its destination is full.
  private static void breakLane(RouterTable table, String router, EngineClock clock) {
    Lane lane =
        Objects.requireNonNull(table.find(new RouterName(router)))
            .lanes()
            .values()
            .iterator()
            .next();
    SourceLanes source = lane.sourceLanes();
    source.remove(lane);
    source.add(
        new Lane(lane.router(), lane.config(), source, lane.destination(), clock, lane.cursor()));
  }

  @Test
  void aLaneThatAlwaysFailsHoldsUpNoOther() {
    AtomicReference<RouterTable> table = new AtomicReference<>();
    RoutedEngine engine =
        new RoutedEngine(state -> {
          table.set((RouterTable) state);
          return state;
        });
    engine.router("failing", route("a", "x"));
    engine.router("same-source", route("a", "b"));
    engine.router("other", route("c", "d"));
    Router router = Objects.requireNonNull(table.get().find(new RouterName("failing")));
    Lane sound = router.lanes().values().iterator().next();
    Lane failing =
        new Lane(
            sound.router(),
            sound.config(),
            sound.sourceLanes(),
            null,
            engine.clock,
            sound.cursor());
    exchange(router, sound, failing);

    engine.append("a", "{\"data\":1}");
    engine.append("c", "{\"data\":1}");
    engine.settle();

    assertThat(engine.read("b")).hasSize(1);
    assertThat(engine.read("d")).hasSize(1);
    assertThat(engine.read("x")).isEmpty();
    RouterInfo.Blocked blocked = Objects.requireNonNull(engine.router("failing").blocked());
    assertThat(blocked.reason()).isEqualTo(RouterInfo.Reason.FAILED);
    assertThat(blocked.first()).isEqualTo(1);
    assertThat(engine.engine().stats().failures()).isPositive();

    exchange(router, failing, sound);
    engine.append("a", "{\"data\":2}");
    engine.settle();
    assertThat(engine.read("x")).hasSize(2);
    assertThat(engine.router("failing").blocked()).isNull();
  }

  private static void exchange(Router router, Lane before, Lane after) {
    before.sourceLanes().remove(before);
    before.sourceLanes().add(after);
    router.lanes().replaceAll((_, lane) -> lane == before ? after : lane);
  }
}
