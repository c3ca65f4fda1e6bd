package dev.topics.engine.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.Discard;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.RedriveRequest;
import dev.topics.engine.model.RedriveResult.Reason;
import dev.topics.engine.model.RedriveResult.Redriven;
import dev.topics.engine.model.RedriveResult.Skipped;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.simulation.ManualClock;
import dev.topics.engine.simulation.SteppedEngine;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// What happens to a dead letter while jobs are moved back.
final class RedriveTest {
  private static final TopicName DEAD = new TopicName("dead");
  private static final TopicName TARGET = new TopicName("target");

  @Test
  void whatIsDeletedMeanwhileIsNeitherMovedNorToldAsHeld() throws IOException {
    Redriven result =
        redrive((engine, _) -> engine.deleteRecords(DEAD, new RecordSelector(2, null)));
    assertThat(result.jobs()).isEqualTo(1);
    assertThat(result.skipped()).isEmpty();
  }

  @Test
  void whatIsDeletedMeanwhileIsNotToldAsOneWithoutATarget() throws IOException {
    Redriven result =
        redrive((engine, look) ->
            look == 1
                ? engine.deleteRecords(DEAD, new RecordSelector(2, null))
                : engine.deleteTopic(TARGET, false));
    assertThat(result.jobs()).isZero();
    assertThat(result.skipped()).containsExactly(new Skipped(2, Reason.TARGET_MISSING));
  }

  @Test
  void aDryRunKnowsWhatItsLastSlicesWouldHaveAdded() throws IOException {
    try (Engine engine = newEngine()) {
      append(engine, TARGET, "{\"data\":0}");
      append(engine, DEAD, "{\"data\":1},{\"data\":2},{\"data\":3}");
      var capped = engine.putTopic(TARGET, c -> c.capRecords(3).discard(Discard.REJECT));
      run(engine);
      assertThat(capped).isCompleted();
      var redrive =
          engine
              .queues()
              .newRedrive(new RedriveRequest(DEAD, TARGET, null, new long[0], true, _ -> true, 3));
      assertThat(((Redriven) redrive.slice(1).join()).jobs()).isEqualTo(1);
      assertThat(((Redriven) redrive.slice(1).join()).jobs()).isEqualTo(1);
      Redriven last = (Redriven) redrive.slice(1).join();
      assertThat(last.jobs()).isZero();
      assertThat(last.skipped()).containsExactly(new Skipped(3, Reason.TARGET_FULL));
      assertThat(last.more()).isFalse();
      assertThat(engine.state(DEAD, false).count()).isEqualTo(3);
    }
  }

  private static Engine newEngine() throws IOException {
    return Engine.open(
        new SimDisk(1),
        SteppedEngine.options(new ManualClock(), 64 << 10, new SplittableRandom(1)));
  }

  private static void run(Engine engine) {
    while (engine.step() > 0) {
      assertThat(engine.stats().topics()).isPositive();
    }
  }

  /// Moves the two records of a dead letter while, with the look at each, `meanwhile` happens.
  private static Redriven redrive(BiFunction<Engine, Integer, Future<?>> meanwhile)
      throws IOException {
    try (Engine engine = newEngine()) {
      append(engine, TARGET, "{\"data\":0}");
      append(engine, DEAD, "{\"data\":1},{\"data\":2}");
      AtomicInteger looks = new AtomicInteger();
      Predicate<TopicName> allowed =
          _ -> {
            var _ = meanwhile.apply(engine, looks.incrementAndGet());
            return true;
          };
      var redriven =
          engine
              .queues()
              .newRedrive(new RedriveRequest(DEAD, TARGET, null, new long[0], false, allowed, 2))
              .slice(10);
      run(engine);
      return (Redriven) redriven.join();
    }
  }

  private static void append(Engine engine, TopicName topic, String records) {
    byte[] body = ("{\"records\":[" + records + "]}").getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    appender.body().decode(body, 0, body.length);
    var appended = appender.append(topic, AppendOptions.NONE);
    run(engine);
    assertThat(appended).isCompleted();
  }
}
