package dev.topics.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimResult;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.engine.model.WorkRequest;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Leases that end while everybody at the desk waits for something else.
final class EndedLeaseTest {
  private static final TopicName QUEUE = new TopicName("q");
  private static final int LEASE_MILLIS = 1000;
  private static final int STEPS_MAX = 100;
  private static final int MANY = 16;

  private final ManualClock clock = new ManualClock();

  @Test
  void aStreamThatHasAllItMayGetsMoreWhenALeaseEnds() throws IOException {
    try (Engine engine = engineOfTwoJobs(0)) {
      List<WorkStream> opened = new ArrayList<>();
      engine.queues().open(new WorkRequest(QUEUE, "w", 1, 0), () -> {}, opened::add);
      WorkStream stream = opened.getFirst();
      work(engine);
      assertThat(stream.poll(MANY)).isInstanceOf(ClaimedJobs.class);
      assertThat(stream.poll(MANY)).isNull();
      clock.advance(LEASE_MILLIS + 1);
      work(engine);
      assertThat(stream.poll(MANY))
          .isInstanceOfSatisfying(
              ClaimedJobs.class, jobs -> assertThat(jobs.seqs()).containsExactly(1));
    }
  }

  @Test
  void aStreamThatIsNotReadBurnsNoDeliveries() throws IOException {
    try (Engine engine = engineOfTwoJobs(0)) {
      List<WorkStream> opened = new ArrayList<>();
      engine.queues().open(new WorkRequest(QUEUE, "w", 1, 0), () -> {}, opened::add);
      WorkStream stream = opened.getFirst();
      work(engine);
      for (int i = 0; i < 5; i++) {
        clock.advance(LEASE_MILLIS + 1);
        work(engine);
      }
      assertThat(stream.poll(MANY)).as("the lease is over").isNull();
      work(engine);
      assertThat(stream.poll(MANY)).satisfies(jobs -> isGiven(jobs, 1, 2));
      assertThat(stream.poll(MANY)).isNull();
    }
  }

  @Test
  void ofJobsGivenTogetherThoseAreLeftOutWhoseLeaseEndedMeanwhile() throws IOException {
    try (Engine engine = engineOfTwoJobs(0)) {
      List<WorkStream> opened = new ArrayList<>();
      engine.queues().open(new WorkRequest(QUEUE, "w", 2, 0), () -> {}, opened::add);
      WorkStream stream = opened.getFirst();
      work(engine);
      assertThat(stream.poll(1)).satisfies(jobs -> isGiven(jobs, 1, 1));
      clock.advance(LEASE_MILLIS + 1);
      work(engine);
      assertThat(stream.poll(1)).as("the lease of the second is over").isNull();
      work(engine);
      assertThat(stream.poll(1)).satisfies(jobs -> isGiven(jobs, 1, 2));
      assertThat(stream.poll(1)).satisfies(jobs -> isGiven(jobs, 2, 2));
      assertThat(stream.poll(1)).isNull();
    }
  }

  private static void isGiven(ClaimResult result, long seq, int deliveries) {
    assertThat(result)
        .isInstanceOfSatisfying(
            ClaimedJobs.class,
            jobs -> {
              assertThat(jobs.seqs()).containsExactly(seq);
              assertThat(jobs.deliveries(0)).isEqualTo(deliveries);
            });
  }

  @Test
  void aWindowOfClaimsIsWaitedForThoughALeaseIsOver() throws IOException {
    try (Engine engine = engineOfTwoJobs(5 * LEASE_MILLIS)) {
      var first = engine.queues().claim(new ClaimRequest(QUEUE, "w1", 2, 0, false));
      clock.advance(5 * LEASE_MILLIS);
      work(engine);
      assertThat(first.answer()).isCompleted();
      var second = engine.queues().claim(new ClaimRequest(QUEUE, "w2", 2, 0, false));
      clock.advance(LEASE_MILLIS + 1);
      work(engine);
      assertThat(second.answer()).isNotCompleted();
    }
  }

  private Engine engineOfTwoJobs(int jitterMillis) throws IOException {
    Engine engine =
        Engine.open(
            new SimDisk(1), SteppedEngine.options(clock, 64 << 10, new SplittableRandom(1)));
    var created =
        engine.putTopic(
            QUEUE,
            config ->
                config
                    .type(TopicType.QUEUE)
                    .leaseMillis(LEASE_MILLIS)
                    .claimJitterMillis(jitterMillis));
    byte[] body = "{\"records\":[{\"data\":1},{\"data\":2}]}".getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    appender.body().decode(body, 0, body.length);
    var appended = appender.append(QUEUE, AppendOptions.NONE);
    work(engine);
    assertThat(created).isCompleted();
    assertThat(appended).isCompleted();
    return engine;
  }

  /// Steps until there is nothing to do, which has to come.
  private static void work(Engine engine) {
    int steps = 0;
    while (engine.step() > 0) {
      steps++;
      assertThat(steps).isLessThan(STEPS_MAX);
    }
  }
}
