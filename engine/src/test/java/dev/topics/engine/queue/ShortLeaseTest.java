package dev.topics.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.engine.model.WorkRequest;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
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
    try (Engine engine = engineOfTwoJobs(clock)) {
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

  /// A lease that was over before the stream heard of it would keep its place for ever.
  @RepeatedTest(20)
  void aStreamKeepsAllItsPlacesThoughLeasesAreOver(RepetitionInfo repetition) throws IOException {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    HastyClock clock = new HastyClock();
    try (Engine engine = engineOfTwoJobs(clock)) {
      List<WorkStream> opened = new ArrayList<>();
      engine.queues().open(new WorkRequest(QUEUE, "w", 2, 0), () -> {}, opened::add);
      WorkStream stream = opened.getFirst();
      for (int i = 0; i < CLAIMS; i++) {
        clock.stepMillis = random.nextInt(LEASE_MILLIS);
        engine.step();
        takeAll(stream);
        engine.step();
        clock.stepMillis = 0;
        work(engine);
        takeAll(stream);
        clock.millis += LEASE_MILLIS + 1;
        work(engine);
        assertThat(takeAll(stream)).containsExactlyInAnyOrder(1L, 2L);
        clock.millis += random.nextInt(2 * LEASE_MILLIS);
      }
    }
  }

  private static List<Long> takeAll(WorkStream stream) {
    List<Long> seqs = new ArrayList<>();
    while (stream.poll(2) instanceof ClaimedJobs jobs) {
      for (int i = 0; i < jobs.size(); i++) {
        seqs.add(jobs.seq(i));
      }
    }
    return seqs;
  }

  private static Engine engineOfTwoJobs(EngineClock clock) throws IOException {
    Engine engine =
        Engine.open(
            new SimDisk(1), SteppedEngine.options(clock, 64 << 10, new SplittableRandom(1)));
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
    return engine;
  }

  private static void work(Engine engine) {
    long did = engine.step();
    while (did > 0) {
      did = engine.step();
    }
  }
}
