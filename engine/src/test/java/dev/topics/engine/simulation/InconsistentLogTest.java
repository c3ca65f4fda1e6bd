package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.InconsistentLogException;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.Store;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// A log of sound frames that do not fit together: something that wrote it was wrong, and a replay
/// must not be wrong as well.
final class InconsistentLogTest {
  private static final StoreOptions STORE = StoreOptions.defaults().withJournalFileBytes(64 << 10);

  @Test
  void aLogWithAllItsFramesIsReplayed() throws IOException {
    try (Engine engine = open(copyOf(written(), payload -> true))) {
      assertThat(engine.state(new TopicName("t"), false).headSeq()).isEqualTo(3);
    }
  }

  @Test
  void anAppendThatDoesNotFollowTheHeadIsRefusedAndNotSkipped() throws IOException {
    SimDisk gap = copyOf(written(), payload -> !payload.contains("{\"$seq\":2,"));
    assertThatThrownBy(() -> open(gap))
        .isInstanceOf(InconsistentLogException.class)
        .hasMessageContaining("topic \"t\": seq 3 follows 1");
  }

  /// A store in which three records were appended, one after the other.
  private static SimDisk written() throws IOException {
    SimDisk disk = new SimDisk(1);
    Engine engine = open(disk);
    for (int i = 1; i <= 3; i++) {
      byte[] body = ("{\"records\":[{\"data\":" + i + "}]}").getBytes(StandardCharsets.UTF_8);
      Appender appender = engine.newAppender();
      assertThat(appender.body().decode(body, 0, body.length))
          .isInstanceOf(WriteBody.Accepted.class);
      var answer = appender.append(new TopicName("t"), AppendOptions.NONE);
      while (!answer.isDone()) {
        engine.step();
      }
    }
    return disk.crash(Crash.PROCESS);
  }

  private static Engine open(SimDisk disk) throws IOException {
    EngineOptions options =
        EngineOptions.defaults()
            .withStore(STORE)
            .withClock(new ManualClock())
            .withBackground(false);
    return Engine.open(disk, options);
  }

  /// Another store, with those frames of the log whose payload passes.
  private static SimDisk copyOf(SimDisk disk, Predicate<String> passes) throws IOException {
    SimDisk copy = new SimDisk(2);
    Store target = Store.open(copy, STORE, frame -> {});
    Store.open(
        disk,
        STORE,
        frame -> {
          byte[] payload = payload(frame);
          if (passes.test(new String(payload, StandardCharsets.ISO_8859_1))) {
            append(target.journal(), payload, frame);
          }
        });
    assertThat(target.journal().lastLsn()).isGreaterThan(1);
    return copy.crash(Crash.PROCESS);
  }

  private static byte[] payload(Frame frame) {
    return frame
        .segment()
        .asSlice(frame.payloadOffset(), frame.payloadBytes())
        .toArray(ValueLayout.JAVA_BYTE);
  }

  private static void append(Journal journal, byte[] payload, Frame like) {
    assertThat(journal.claim(payload.length, Urgency.APPEND)).isEqualTo(Room.OK);
    MemorySegment.copy(
        payload,
        0,
        journal.region(),
        ValueLayout.JAVA_BYTE,
        journal.regionOffset(),
        payload.length);
    journal.commit(like.type(), like.operationCount(), like.topicId());
  }
}
