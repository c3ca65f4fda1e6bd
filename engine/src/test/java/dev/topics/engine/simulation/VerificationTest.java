package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.Verification;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What `topics verify` says of sound and of damaged data.
final class VerificationTest {
  private static final int RECORDS = 20;
  private static final String DEEP = "[".repeat(128) + "]".repeat(128);

  private final SimDisk disk = new SimDisk(1);

  @Test
  void soundDataIsFoundSoundWithAllItsRecords() throws Exception {
    SimDisk written = write();
    Verification verification = Verification.of(written);
    assertThat(verification.findings()).isEmpty();
    assertThat(verification.isSound()).isTrue();
    assertThat(verification.topics()).isEqualTo(1);
    assertThat(verification.records()).isEqualTo(RECORDS);
  }

  @Test
  void theRecordsOfADamagedFrameAreNamed() throws Exception {
    SimDisk written = write();
    String file =
        written.files().stream().filter(name -> name.contains("1.jour")).findFirst().get();
    byte[] bytes = written.bytes(file);
    byte[] wanted = "{\"$seq\":7,".getBytes(StandardCharsets.UTF_8);
    written.flip(file, indexOf(bytes, wanted) + 3, 1);
    Verification verification = Verification.of(written);
    assertThat(verification.isSound()).isFalse();
    assertThat(verification.findings()).containsExactly("topic \"t\": records 7 to 7 are missing");
  }

  private SimDisk write() throws IOException {
    Engine engine =
        Engine.open(
            disk,
            EngineOptions.defaults()
                .withStore(StoreOptions.defaults().withJournalFileBytes(64 << 10))
                .withClock(new ManualClock())
                .withBackground(false));
    for (int i = 0; i < RECORDS; i++) {
      Appender appender = engine.newAppender();
      byte[] body =
          ("{\"records\":[{\"data\":" + DEEP + ",\"meta\":{\"a\": \"b\"},\"tag\":\"t\"}]}")
              .getBytes(StandardCharsets.UTF_8);
      assertThat(appender.body().decode(body, 0, body.length))
          .isInstanceOf(WriteBody.Accepted.class);
      var answer = appender.append(new TopicName("t"), AppendOptions.NONE);
      while (!answer.isDone()) {
        engine.step();
      }
    }
    engine.close();
    return disk.crash(Crash.POWER);
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (java.util.Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }
}
