package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.router.SpoiledRouters;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// Memory for records is taken before anything is committed.
final class MemoryLogTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final int CAP_RECORDS = 2;
  private static final ConfigPatch IN_MEMORY =
      config -> config.durability(Durability.EPHEMERAL).capRecords(CAP_RECORDS);

  private final EngineOptions options =
      SteppedEngine.options(new ManualClock(), 64 << 10, new SplittableRandom(1));

  @Test
  void whatRoomWasMadeForNeedsNoMoreMemory() {
    MemoryLog log = new MemoryLog();
    assertThat(log.allocate(4000)).isZero();

    log.makeRoom(2000);
    MemorySegment chunk = log.chunk();

    assertThat(log.allocate(1200)).isZero();
    assertThat(log.allocate(800)).isEqualTo(1200);
    assertThat(log.chunk()).isSameAs(chunk);
  }

  @Test
  void anAppendThatFindsNoMemoryPushesNothingOut() throws IOException {
    try (Engine engine = Engine.open(new SimDisk(1), options)) {
      append(engine);
      append(engine);
      Topic topic = TopicSeam.topic(EngineSeam.topics(engine), TOPIC);
      topic.keepIn(withoutMemory());

      assertThatThrownBy(() -> append(engine)).hasMessageStartingWith("no memory");

      assertThat(topic.committed().count()).isEqualTo(CAP_RECORDS);
      assertThat(engine.stats().recordsEvicted()).isZero();
      topic.keepIn(new MemoryLog());
      assertThat(append(engine).firstSeq()).isEqualTo(CAP_RECORDS + 1);
      assertThat(topic.committed().count()).isEqualTo(CAP_RECORDS);
    }
  }

  @Test
  void aTopicIsCreatedWithTheMemoryForItsFirstRecords() throws IOException {
    try (Engine engine =
        EngineSeam.open(
            new SimDisk(1),
            options,
            routers ->
                new SpoiledRouters(routers) {
                  @Override
                  public void created(Topic topic) {
                    super.created(topic);
                    topic.keepIn(withoutMemory());
                  }
                })) {
      assertThat(append(engine).created()).isTrue();
    }
  }

  private static MemoryLog withoutMemory() {
    return new MemoryLog(bytes -> {
      throw new IllegalStateException("no memory of " + bytes + " bytes");
    });
  }

  private static AppendResult.Appended append(Engine engine) {
    byte[] body = "{\"records\":[{\"data\":1}]}".getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    assertThat(appender.body().decode(body, 0, body.length)).isInstanceOf(WriteBody.Accepted.class);
    CompletableFuture<AppendResult> answer =
        appender.append(TOPIC, new AppendOptions(null, IN_MEMORY));
    while (!answer.isDone()) {
      engine.step();
    }
    return (AppendResult.Appended) answer.join();
  }
}
