package dev.topics.engine.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.model.EngineClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// How long sessions live, and who delivers them.
final class WatchSessionsTest {
  private static final int MAX = 3;

  private long nanos = 77;
  private final List<String> log = new ArrayList<>();

  private final EngineClock clock =
      new EngineClock() {
        @Override
        public long wallMillis() {
          return 0;
        }

        @Override
        public long nanos() {
          return nanos;
        }
      };

  private final WatchSessions sessions = new WatchSessions(clock, new WatchEntropy());

  private void pass(long millis) {
    nanos += millis * 1_000_000;
  }

  private WatchSession create() {
    return Objects.requireNonNull(sessions.create(new Watch(), "owner", 1000, MAX));
  }

  private WatchSession.Stream stream(String name) {
    return new WatchSession.Stream() {
      @Override
      public void start() {
        log.add(name + " starts");
      }

      @Override
      public void stop() {
        log.add(name + " is told to stop");
      }
    };
  }

  @Test
  void aSessionEndsAfterItsTimeAlone() {
    WatchSession session = create();
    pass(WatchSessions.ALONE_MILLIS_MAX);
    assertThat(sessions.find(session.name())).isSameAs(session);
    pass(1);
    assertThat(sessions.find(session.name())).isNull();
    assertThat(session.enter(stream("late"))).isFalse();
    assertThat(sessions.size()).isZero();
  }

  @Test
  void timeWithAStreamDoesNotCount() {
    WatchSession session = create();
    WatchSession.Stream stream = stream("a");
    session.enter(stream);
    pass(10 * WatchSessions.ALONE_MILLIS_MAX);
    assertThat(sessions.find(session.name())).isSameAs(session);
    session.leave(stream);
    pass(WatchSessions.ALONE_MILLIS_MAX - 1);
    assertThat(sessions.size()).isEqualTo(1);
    pass(2);
    assertThat(sessions.size()).isZero();
  }

  @Test
  void thereIsRoomAgainWhenOthersHaveEnded() {
    for (int i = 0; i < MAX; i++) {
      create();
    }
    assertThat(sessions.create(new Watch(), "owner", 1000, MAX)).isNull();
    pass(WatchSessions.ALONE_MILLIS_MAX + 1);
    assertThat(sessions.create(new Watch(), "owner", 1000, MAX)).isNotNull();
    assertThat(sessions.size()).isEqualTo(1);
  }

  @Test
  void theNewerStreamStartsWhenTheOlderHasLeft() {
    WatchSession session = create();
    WatchSession.Stream a = stream("a");
    WatchSession.Stream b = stream("b");
    WatchSession.Stream c = stream("c");
    session.enter(a);
    session.enter(b);
    session.enter(c);
    assertThat(log).containsExactly("a starts", "a is told to stop", "b is told to stop");
    session.leave(b);
    session.leave(a);
    assertThat(log).endsWith("c starts");
    session.leave(a);
    session.leave(c);
    pass(WatchSessions.ALONE_MILLIS_MAX + 1);
    assertThat(sessions.size()).isZero();
  }

  @Test
  void namesAreSecret() {
    assertThat(create().name()).matches("wid_[A-Za-z0-9_-]{24}").isNotEqualTo(create().name());
  }
}
