package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.Repair;
import dev.topics.engine.Verification;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.LostRange;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.Operation;
import dev.topics.engine.topic.TopicSeam;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is bounded stays so where there are very many records of one kind.
final class LargeAmountsTest {
  private static final TopicName TOPIC = new TopicName("t");

  /// More operations than a frame can hold.
  private static final int TOO_MANY = 70_000;

  private final ManualClock clock = new ManualClock();
  private SimDisk disk = new SimDisk(1);
  private int fileBytes = 4 << 20;
  private Engine engine;

  @BeforeEach
  void open() throws IOException {
    engine = Engine.open(disk, SteppedEngine.options(clock, fileBytes, new SplittableRandom(1)));
    await(engine.putTopic(TOPIC, ConfigPatch.NONE));
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  private <R> R await(CompletableFuture<R> answer) {
    return SteppedEngine.await(engine, answer);
  }

  private void idle() {
    for (int i = 0; i < 20; i++) {
      clock.advance(10_000);
      while (engine.step() > 0) {
        clock.advance(1);
      }
    }
  }

  /// Appends records with the tags in turn, many with each request.
  private void append(int records, String... tags) {
    int batch = 1000;
    for (int i = 0; i < records; i += batch) {
      StringBuilder body = new StringBuilder("{\"records\":[");
      for (int j = i; j < i + batch; j++) {
        body.append("{\"data\":1,\"tag\":\"").append(tags[j % tags.length]).append("\"},");
      }
      body.setLength(body.length() - 1);
      append(body.append("]}").toString());
    }
  }

  private void append(String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    appender.body().decode(bytes, 0, bytes.length);
    assertThat(await(appender.append(TOPIC, AppendOptions.NONE)))
        .isInstanceOf(AppendResult.Appended.class);
  }

  private DeleteRecordsResult.Deleted delete(RecordSelector selector) {
    return (DeleteRecordsResult.Deleted) await(engine.deleteRecords(TOPIC, selector));
  }

  private TopicState state() {
    return engine.state(TOPIC, false);
  }

  private DiffResult.Page read(long from) {
    DiffQuery query = new DiffQuery(from, 10, NodeFilter.NONE, true, true, true, 0);
    return (DiffResult.Page) engine.newReader().diff(TOPIC, query, new CollectingSink());
  }

  private long loggedBytes() {
    return EngineSeam.store(engine).journal().stats().bytesWritten();
  }

  @Test
  void recordsOfATagThatAreInManyPacksAreDeletedInRounds() throws IOException {
    append(200_000, "gone", "gone", "gone", "kept");
    idle();
    append(2000, "gone", "kept");
    DeleteRecordsResult.Deleted deleted =
        delete(new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("gone")));
    assertThat(deleted.deleted()).isEqualTo(151_000);
    assertThat(state().count()).isEqualTo(51_000);
    assertThat(delete(new RecordSelector(100_001, new TagMatch.Prefix("k"))).deleted())
        .isEqualTo(25_000);
    assertThat(state().earliestSeq()).isEqualTo(100_004);
  }

  @Test
  void whatLiesBehindExpiredRecordsIsDeletedAsOneRange() {
    await(engine.putTopic(TOPIC, config -> config.ttlMillis(60_000)));
    append(10_000, "old");
    clock.advance(50_000);
    append(100_000, "new");
    clock.advance(20_000);
    long before = loggedBytes();
    assertThat(delete(new RecordSelector(90_001, null)).deleted()).isEqualTo(80_000);
    assertThat(loggedBytes() - before).isLessThan(1000);
    assertThat(state().earliestSeq()).isEqualTo(90_001);
    assertThat(read(9_999).tombstone().reason()).isEqualTo(LossReason.TTL);
    assertThat(read(10_000).tombstone()).isNull();
  }

  @Test
  void aCapFindsItsPlaceAmongDeletedRecords() {
    append(300_000, "a", "b", "c");
    idle();
    delete(new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("b")));
    await(engine.putTopic(TOPIC, config -> config.capRecords(1000)));
    assertThat(state().count()).isEqualTo(1000);
    assertThat(state().bytes()).isEqualTo(1000);
    assertThat(state().earliestSeq()).isEqualTo(300_000 - 1499);
    await(engine.putTopic(TOPIC, config -> config.capBytes(100)));
    assertThat(state().count()).isEqualTo(100);
    assertThat(state().earliestSeq()).isEqualTo(300_000 - 149);
  }

  @Test
  void moreOperationsThanFitIntoAFrameAreLoggedInSeveral() throws IOException {
    Topics topics = EngineSeam.topics(engine);
    long id = TopicSeam.topic(topics, TOPIC).id();
    List<Operation> operations = new ArrayList<>();
    for (int head = 1; head <= TOO_MANY; head++) {
      operations.add(new Operation.Reserve(id, head, head));
    }
    topics.commits().commitAll(operations);
    disk = disk.crash(Crash.PROCESS);
    open();
    assertThat(state().headSeq()).isEqualTo(TOO_MANY);
    assertThat(Verification.of(disk.copy()).isSound()).isTrue();
  }

  @Test
  void veryManyAppendsOfALostFileAreGivenUpAsOne() throws IOException {
    engine.close();
    disk = new SimDisk(2);
    fileBytes = 16 << 20;
    open();
    while (EngineSeam.store(engine).journal().sealedFiles().isEmpty()) {
      append("{\"records\":[{\"data\":1}]}");
    }
    idle();
    disk = disk.crash(Crash.PROCESS);
    disk.lose("journal/%010d.journal".formatted(1));
    Repair repair = Repair.of(disk);
    assertThat(repair.lost()).hasSize(1);
    LostRange lost = repair.lost().getFirst();
    assertThat(lost.first()).isEqualTo(1);
    assertThat(lost.last()).isGreaterThan(TOO_MANY);
    assertThat(Verification.of(disk.copy()).isSound()).isTrue();
    open();
    assertThat(read(0).tombstone().gapTo()).isEqualTo(lost.last());
    assertThat(state().count()).isEqualTo(state().headSeq() - lost.last()).isPositive();
  }
}
