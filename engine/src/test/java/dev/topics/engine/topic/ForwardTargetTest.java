package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.record.AppendBlock;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class ForwardTargetTest {
  private static final int FILE_BYTES = 1 << 20;
  private static final int RECORD_BYTES = 20_000;
  private static final int COPIES = 100;

  /// Each try at more of it is zeroed, while nobody else may commit.
  @Test
  void memoryForTheCopiesOfAFrameIsTakenOnce() throws IOException, DamagedRecordsException {
    try (Engine engine =
        Engine.open(
            new SimDisk(1),
            SteppedEngine.options(new ManualClock(), FILE_BYTES, new SplittableRandom(1)))) {
      Topics topics = EngineSeam.topics(engine);
      Topic source = topicOfOneRecord(engine, topics);
      TopicName memory = new TopicName("memory");
      await(engine, engine.putTopic(memory, config -> config.durability(Durability.EPHEMERAL)));
      Topic destination = TopicSeam.topic(topics, memory);
      View view = source.view();
      AppendBlock block =
          topics.newBlockReader().read(source.id(), view.index(), view.index().floor(1), 1);
      MemorySegment before = destination.memory().chunk();

      MemorySegment after =
          topics
              .commits()
              .locked(() -> {
                ForwardTarget target = new ForwardTarget(topics, destination, 0);
                List<Operation> frame = new ArrayList<>();
                for (int i = 0; i < COPIES; i++) {
                  target.add(copyOf(source, destination, block), frame);
                  assertThat(destination.memory().chunk()).isSameAs(before);
                }
                target.finish(frame);
                return destination.memory().chunk();
              });

      assertThat(after.byteSize()).isGreaterThan((long) COPIES * RECORD_BYTES);
    }
  }

  private static Topic topicOfOneRecord(Engine engine, Topics topics) {
    TopicName name = new TopicName("source");
    byte[] body =
        "{\"records\":[{\"data\":\"%s\"}]}"
            .formatted("x".repeat(RECORD_BYTES))
            .getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    assertThat(appender.body().decode(body, 0, body.length)).isInstanceOf(WriteBody.Accepted.class);
    await(engine, appender.append(name, AppendOptions.NONE));
    return TopicSeam.topic(topics, name);
  }

  private static ForwardPlan copyOf(Topic source, Topic destination, AppendBlock block) {
    ForwardPlan plan = new ForwardPlan(new StandingLane(source, destination, 0), true);
    plan.add(new ForwardPlan.Carried(block.segment(), block, 1, 1));
    return plan;
  }

  private static void await(Engine engine, CompletableFuture<?> answer) {
    while (!answer.isDone()) {
      assertThat(engine.step()).isPositive();
    }
  }
}
