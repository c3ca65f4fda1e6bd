package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.ForwardLane;
import dev.topics.engine.topic.Forwarding;
import dev.topics.engine.topic.StandingLane;
import dev.topics.engine.topic.TopicSeam;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Readers whose view is old while records move, files are let go of and topics are deleted get
/// what is there, never an error.
final class MovedRecordsTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final TopicName OTHER = new TopicName("other");
  private static final int RECORDS = 60;

  private final ManualClock clock = new ManualClock();
  private final Interrupted disk = new Interrupted();
  private Engine engine;

  /// A disk on which something else happens just before a pack is opened.
  private static final class Interrupted extends WrappedDisk {
    private @Nullable Runnable beforePack;

    Interrupted() {
      super(new SimDisk(1));
    }

    @Override
    public DiskFile openForReading(String name) throws IOException {
      Runnable action = beforePack;
      if (action != null && name.startsWith("packs/")) {
        beforePack = null;
        action.run();
      }
      return super.openForReading(name);
    }
  }

  @BeforeEach
  void open() throws IOException {
    engine =
        Engine.open(
            disk,
            SteppedEngine.options(clock, 8 << 10, new SplittableRandom(1))
                .withPacks(PackOptions.defaults().withOpenFilesMax(1)));
    for (TopicName topic : new TopicName[] {TOPIC, OTHER}) {
      sync(engine.putTopic(topic, builder -> builder.durability(Durability.FSYNC)));
    }
    fill();
  }

  private void fill() {
    for (int i = 0; i < RECORDS; i++) {
      sync(append(TOPIC));
    }
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  private CompletableFuture<AppendResult> append(TopicName topic) {
    return append(topic, "{\"data\":\"" + "x".repeat(500) + "\",\"tag\":\"x1\"}");
  }

  private CompletableFuture<AppendResult> append(TopicName topic, String records) {
    String body = "{\"records\":[" + records + "]}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    appender.body().decode(bytes, 0, bytes.length);
    return appender.append(topic, AppendOptions.NONE);
  }

  /// Syncs, and does nothing else in the background.
  private void sync(CompletableFuture<?> answer) {
    Journal journal = EngineSeam.store(engine).journal();
    for (int i = 0; i < 1000 && !answer.isDone(); i++) {
      journal.spareMaker().step();
      journal.flusher().step();
    }
    assertThat(answer).isDone();
  }

  private void idle() {
    for (int round = 0; round < 10; round++) {
      clock.advance(11_000);
      for (int i = 0; i < 1000 && engine.step() > 0; i++) {
        clock.advance(1);
      }
    }
  }

  private long firstJournalFile() throws IOException {
    return EngineSeam.store(engine).journal().sealedFiles().getFirst().sequence();
  }

  private DiffResult read(long fromSeq) {
    DiffQuery query = new DiffQuery(fromSeq, 1000, NodeFilter.NONE, true, true, true, 0);
    return engine.newReader().diff(TOPIC, query, new CollectingSink());
  }

  private void assertServes(int records) {
    assertThat(read(0))
        .isInstanceOfSatisfying(
            DiffResult.Page.class, page -> assertThat(page.records()).isEqualTo(records));
  }

  /// What is durable becomes visible late if whoever hears of it is slow. What readers are shown
  /// until then must stay where it is.
  @Test
  void nothingIsLetGoOfBeforeTheStateThatNeedsItNoMoreIsVisible() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CompletableFuture<?> slow =
        append(OTHER)
            .thenRun(() -> {
              blocked.countDown();
              awaitUninterrupted(goOn);
            });
    CompletableFuture<AppendResult> last = append(TOPIC);
    Thread flusher = new Thread(() -> EngineSeam.store(engine).journal().flusher().step());
    flusher.start();
    assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
    long first = firstJournalFile();
    idle();
    assertThat(engine.stats().packs().written()).isPositive();
    assertServes(RECORDS);
    goOn.countDown();
    flusher.join(60_000);
    sync(last);
    assertThat(slow).isDone();
    idle();
    assertThat(firstJournalFile()).isGreaterThan(first);
    assertServes(RECORDS + 1);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aTopicThatIsDeletedUnderAReaderIsNotFound() {
    deleteWhenThePackIsOpened();
    assertThat(read(0)).isInstanceOf(Refusal.TopicNotFound.class);
    assertThat(disk.beforePack).isNull();
  }

  private void deleteWhenThePackIsOpened() {
    whenThePackIsOpened(() -> {
      sync(engine.deleteTopic(TOPIC, false));
      idle();
      assertThat(engine.stats().packs().deleted()).isPositive();
    });
  }

  /// Leaves two packs, of which the second is open; `action` runs before the first is.
  private void whenThePackIsOpened(Runnable action) {
    idle();
    fill();
    idle();
    assertThat(engine.stats().packs().written()).isEqualTo(2);
    assertThat(read(RECORDS + 1)).isInstanceOf(DiffResult.Page.class);
    disk.beforePack = action;
  }

  @Test
  void aTopicThatIsDeletedUnderARouterIsNoDefectOfIt() {
    Topics topics = EngineSeam.topics(engine);
    Forwarding forwarding = topics.newForwarding();
    ForwardLane lane =
        new StandingLane(TopicSeam.topic(topics, TOPIC), TopicSeam.topic(topics, OTHER), 0);
    deleteWhenThePackIsOpened();
    assertThat(forwarding.plan(lane)).isFalse();
    assertThat(disk.beforePack).isNull();
  }

  @Test
  void aDeleteByTagFindsWhatMovesMeanwhileAndLeavesWhatComesMeanwhile() {
    whenThePackIsOpened(() -> {
      sync(append(TOPIC));
      sync(engine.deleteRecords(TOPIC, new RecordSelector(11, null)));
      idle();
    });
    fill();
    assertThat(deleteByTag().deleted()).isEqualTo(3 * RECORDS - 10);
    assertThat(disk.beforePack).isNull();
    assertServes(1);
  }

  @Test
  void aDeleteByTagTakesNothingOutOfATopicThatIsGone() {
    whenThePackIsOpened(() -> {
      sync(engine.deleteTopic(TOPIC, false));
      sync(engine.putTopic(TOPIC, ConfigPatch.NONE));
      sync(append(TOPIC));
    });
    assertThat(deleteByTag().deleted()).isEqualTo(1);
    assertThat(disk.beforePack).isNull();
    assertServes(0);
  }

  /// No frame is so large that writers wait for it, or that the journal does not take it.
  @Test
  void aDeleteOfManyRecordsIsCutIntoFrames() {
    String records = ",{\"data\":1,\"tag\":\"x2\"}".repeat(10_000).substring(1);
    for (int i = 0; i < 7; i++) {
      sync(append(TOPIC, records));
    }
    long before = EngineSeam.store(engine).journal().lastLsn();
    assertThat(deleteByTag().deleted()).isEqualTo(RECORDS + 70_000);
    assertThat(EngineSeam.store(engine).journal().lastLsn()).isEqualTo(before + 2);
    assertServes(0);
  }

  private DeleteRecordsResult.Deleted deleteByTag() {
    var tagged = new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Prefix("x"));
    var answer = engine.deleteRecords(TOPIC, tagged);
    sync(answer);
    return (DeleteRecordsResult.Deleted) answer.join();
  }
}
