package dev.topics.engine.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicSeam;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// What happened by the clock alone is written down, however many topics there are.
final class HousekeepingTest {
  private static final int TOPICS = Housekeeping.LOOKS_MAX + 100;
  private static final int TTL_MILLIS = 10_000;
  private static final int FILE_BYTES = 64 << 20;

  private final ManualClock clock = new ManualClock();

  @Test
  void moreTopicsThanOneStepLooksAtHaveTheirTurnInTheNext() throws IOException {
    try (Engine engine =
        Engine.open(
            new SimDisk(1), SteppedEngine.options(clock, FILE_BYTES, new SplittableRandom(1)))) {
      List<CompletableFuture<?>> made = new ArrayList<>();
      for (int i = 0; i < TOPICS; i++) {
        made.add(engine.putTopic(name(i), config -> config.ttlMillis(TTL_MILLIS)));
      }
      while (!made.stream().allMatch(CompletableFuture::isDone)) {
        engine.step();
      }
      for (int i = 0; i < TOPICS; i++) {
        append(engine, name(i));
      }
      while (engine.step() > 0) {
        // Nothing has expired yet.
      }
      clock.advance(TTL_MILLIS + 1);
      engine.step();
      assertThat(engine.stats().recordsEvicted()).isBetween(1L, (long) Housekeeping.LOOKS_MAX);
      engine.step();
      engine.step();
      assertThat(engine.stats().recordsEvicted()).isEqualTo(TOPICS);
    }
  }

  @Test
  void theKeysOfATopicAtRestAreForgotten() throws IOException {
    try (Engine engine =
        Engine.open(
            new SimDisk(1), SteppedEngine.options(clock, 1 << 20, new SplittableRandom(1)))) {
      await(engine, engine.putTopic(name(1), c -> c.idempotencyWindowMillis(TTL_MILLIS)));
      int keys = 2 * Housekeeping.KEYS_PER_LOCK + 1;
      for (int i = 1; i <= keys; i++) {
        append(engine, name(1), new AppendOptions("k" + i, ConfigPatch.NONE));
      }
      clock.advance(TTL_MILLIS);
      engine.step();
      assertThat(TopicSeam.keys(EngineSeam.topics(engine), name(1))).isEqualTo(keys);
      clock.advance(1);
      engine.step();
      assertThat(TopicSeam.keys(EngineSeam.topics(engine), name(1))).isZero();
    }
  }

  private static TopicName name(int number) {
    return new TopicName("t" + number);
  }

  private static void append(Engine engine, TopicName topic) {
    append(engine, topic, AppendOptions.NONE);
  }

  private static void append(Engine engine, TopicName topic, AppendOptions options) {
    byte[] body = "{\"records\":[{\"data\":1}]}".getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    assertThat(appender.body().decode(body, 0, body.length)).isInstanceOf(WriteBody.Accepted.class);
    assertThat(await(engine, appender.append(topic, options)))
        .isInstanceOf(AppendResult.Appended.class);
  }

  private static <T> T await(Engine engine, CompletableFuture<T> answer) {
    while (!answer.isDone()) {
      engine.step();
    }
    return answer.join();
  }
}
