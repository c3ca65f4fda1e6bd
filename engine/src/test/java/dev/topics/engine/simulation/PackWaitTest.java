package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When files of the journal are packed whose runs are tiny.
final class PackWaitTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final int FILE_BYTES = 32 << 10;
  private static final int RECORD_BYTES = 1000;
  private static final int NO_MERGES = 1000;
  private static final long SECOND = 1000;

  private final SimDisk disk = new SimDisk(1);
  private final ManualClock clock = new ManualClock();
  private Engine engine;

  @BeforeEach
  void openAndPackOneFile() throws IOException {
    engine =
        Engine.open(
            disk,
            SteppedEngine.options(clock, FILE_BYTES, new SplittableRandom(3))
                .withPacks(PackOptions.defaults().withMerges(NO_MERGES, 16 << 20)));
    while (packs() == 0) {
      append();
    }
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  private long packs() {
    return engine.stats().packs().written();
  }

  private void append() {
    String body = "{\"records\":[{\"data\":\"%s\"}]}".formatted("x".repeat(RECORD_BYTES));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    var answer = appender.append(TOPIC, AppendOptions.NONE);
    work(10);
    assertThat(answer.join()).isInstanceOf(AppendResult.Appended.class);
  }

  private void work(long millis) {
    clock.advance(millis);
    while (engine.step() > 0) {
      assertThat(engine.stats().topics()).isOne();
    }
  }

  @Test
  void theyWaitForOthers() {
    long before = engine.stats().packs().bytesWritten();
    while (packs() == 1) {
      append();
    }
    assertThat(engine.stats().packs().bytesWritten() - before).isGreaterThan(3 * FILE_BYTES);
  }

  @Test
  void theyWaitNoLongerThanAMinute() {
    for (int i = 0; i < 2 * FILE_BYTES / RECORD_BYTES; i++) {
      append();
    }
    work(50 * SECOND);
    assertThat(packs()).isEqualTo(1);
    work(15 * SECOND);
    assertThat(packs()).isEqualTo(2);
  }
}
