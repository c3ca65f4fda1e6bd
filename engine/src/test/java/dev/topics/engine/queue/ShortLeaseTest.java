package dev.topics.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Leases that are over before their claim is answered, as when the machine stood still meanwhile.
final class ShortLeaseTest {
  private static final TopicName QUEUE = new TopicName("q");
  private static final int LEASE_MILLIS = 1000;
  private static final int CLAIMS = 20;

  /// Moves on whenever somebody looks.
  private static final class HastyClock implements EngineClock {
    private long millis = 1_700_000_000_000L;
    private long stepMillis;

    @Override
    public long wallMillis() {
      millis += stepMillis;
      return millis;
    }

    @Override
    public long nanos() {
      return wallMillis() * 1_000_000;
    }
  }

  @Test
  void aClaimIsAnsweredThoughItsLeasesAreOver() throws IOException {
    HastyClock clock = new HastyClock();
    EngineOptions defaults = EngineOptions.defaults();
    EngineOptions options =
        defaults
            .withStore(defaults.store().withJournalFileBytes(64 << 10))
            .withClock(clock)
            .withBackground(false);
    try (Engine engine = Engine.open(new SimDisk(1), options)) {
      var created =
          engine.putTopic(QUEUE, config -> config.type(TopicType.QUEUE).leaseMillis(LEASE_MILLIS));
      work(engine);
      assertThat(created).isCompleted();
      byte[] body = "{\"records\":[{\"data\":1},{\"data\":2}]}".getBytes(StandardCharsets.UTF_8);
      var appender = engine.newAppender();
      appender.body().decode(body, 0, body.length);
      var appended = appender.append(QUEUE, AppendOptions.NONE);
      work(engine);
      assertThat(appended).isCompleted();
      for (int i = 1; i <= CLAIMS; i++) {
        clock.stepMillis = (long) LEASE_MILLIS * i / CLAIMS;
        var claim = engine.queues().claim(new ClaimRequest(QUEUE, "w" + i, 2, 0, false));
        clock.stepMillis = 0;
        clock.millis += LEASE_MILLIS;
        work(engine);
        assertThat(claim.answer().join())
            .isInstanceOfSatisfying(
                ClaimedJobs.class, jobs -> assertThat(jobs.seqs()).containsExactly(1, 2));
      }
    }
  }

  private static void work(Engine engine) {
    long did = engine.step();
    while (did > 0) {
      did = engine.step();
    }
  }
}
