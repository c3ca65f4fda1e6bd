package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.Repair;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.RouterName;
import dev.topics.engine.model.RouterPatch;
import dev.topics.engine.model.RouterSource;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A repair gives up frames behind which nothing tells where the head of a topic was: readers are
/// told of what they may have missed, and no seq that was acknowledged is given out again.
final class LostTailsTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final TopicName OTHER = new TopicName("other");
  private static final int FRAME_BYTES_MIN = 64;

  private final ManualClock clock = new ManualClock();
  private SimDisk disk = new SimDisk(1);
  private Engine engine;

  @BeforeEach
  void open() throws IOException {
    engine = Engine.open(disk, SteppedEngine.options(clock, 1 << 20, new SplittableRandom(1)));
  }

  private <R> R await(CompletableFuture<R> answer) {
    return SteppedEngine.await(engine, answer);
  }

  /// Until the journal has noted durably how far it is durable.
  private void idle() {
    for (int i = 0; i < 100; i++) {
      engine.step();
      clock.advance(10);
    }
  }

  private void put(TopicName topic, Durability durability) {
    await(engine.putTopic(topic, config -> config.durability(durability)));
  }

  private AppendResult.Appended append(TopicName topic, String records) {
    return (AppendResult.Appended) await(startAppend(topic, records));
  }

  private CompletableFuture<AppendResult> startAppend(TopicName topic, String records) {
    byte[] body = ("{\"records\":[" + records + "]}").getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    appender.body().decode(body, 0, body.length);
    return appender.append(topic, AppendOptions.NONE);
  }

  private LogStart endOfLog() {
    Journal journal = EngineSeam.store(engine).journal();
    return journal.endOfLog();
  }

  /// Kills the process, spoils all frames between two places of a file, and repairs.
  private void lose(LogStart from, LogStart end) throws IOException {
    assertThat(end.sequence()).isEqualTo(from.sequence());
    assertThat(end.lsn()).isGreaterThan(from.lsn());
    idle();
    disk = disk.crash(Crash.PROCESS);
    String file = "journal/%010d.journal".formatted(from.sequence());
    for (int at = from.offset() + FRAME_BYTES_MIN / 2; at < end.offset(); at += FRAME_BYTES_MIN) {
      disk.flip(file, at, 1);
    }
    assertThat(Repair.of(disk).needed()).isTrue();
    open();
  }

  /// Nobody who has read up to `last` misses anything in silence, or what comes next.
  private void assertTold(TopicName topic, long firstLost, long last) {
    DiffQuery query = new DiffQuery(firstLost - 1, 10, NodeFilter.NONE, true, true, true, 0);
    var page = (DiffResult.Page) engine.newReader().diff(topic, query, new CollectingSink());
    Tombstone tombstone = page.tombstone();
    assertThat(tombstone).isNotNull();
    assertThat(tombstone.gapFrom()).isEqualTo(firstLost);
    assertThat(tombstone.gapTo()).isGreaterThanOrEqualTo(last);
    assertThat(append(topic, "{\"data\":\"new\"}").firstSeq()).isGreaterThan(last);
  }

  @ParameterizedTest
  @EnumSource(names = {"FSYNC", "DISK", "MEMORY"})
  void theLastFrameOfATopicWithAnotherBehindIt(Durability durability) throws IOException {
    put(TOPIC, durability);
    put(OTHER, durability);
    append(TOPIC, "{\"data\":1},{\"data\":2}");
    append(OTHER, "{\"data\":1}");
    idle();
    LogStart before = endOfLog();
    append(TOPIC, "{\"data\":3},{\"data\":4}");
    LogStart behind = endOfLog();
    append(OTHER, "{\"data\":2}");
    lose(before, behind);
    assertTold(TOPIC, 3, 4);
    assertThat(engine.state(TOPIC, false).headSeq()).isLessThan(4 + 64);
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfTheLogWithWhatWasReserved(Durability durability) throws IOException {
    put(TOPIC, durability);
    append(TOPIC, "{\"data\":1}");
    engine.close();
    open();
    LogStart before = endOfLog();
    for (int i = 2; i <= 40; i++) {
      append(TOPIC, "{\"data\":" + i + "}");
    }
    lose(before, endOfLog());
    long last = durability == Durability.EPHEMERAL ? 1 : 2;
    assertTold(TOPIC, last, 40);
  }

  @Test
  void copiesOfARouterThatTakeLessRoomThanRecords() throws IOException {
    put(TOPIC, Durability.FSYNC);
    put(OTHER, Durability.FSYNC);
    await(
        engine.putRouter(
            new RouterName("r"), RouterPatch.route(RouterSource.of(TOPIC.value()), OTHER)));
    var appended = startAppend(TOPIC, "{\"data\":0}" + ",{\"data\":1}".repeat(4999));
    LogStart before = endOfLog();
    await(appended);
    idle();
    assertThat(engine.state(OTHER, false).headSeq()).isEqualTo(5000);
    LogStart behind = endOfLog();
    put(new TopicName("last"), Durability.FSYNC);
    lose(before, behind);
    assertTold(OTHER, 1, 5000);
  }

  /// What a second repair gives up does not count again what the first did.
  @Test
  void aSecondLossBehindTheFirst() throws IOException {
    theLastFrameOfATopicWithAnotherBehindIt(Durability.FSYNC);
    long head = engine.state(TOPIC, false).headSeq();
    idle();
    LogStart before = endOfLog();
    append(OTHER, "{\"data\":3}");
    LogStart behind = endOfLog();
    append(OTHER, "{\"data\":4}");
    lose(before, behind);
    assertThat(engine.state(TOPIC, false).headSeq()).isBetween(head, head + 64);
  }
}
