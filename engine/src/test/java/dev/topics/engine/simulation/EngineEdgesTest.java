package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.Following;
import dev.topics.engine.topic.Newswire;
import dev.topics.engine.topic.TopicRef;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What happens where two rules meet, or at the end of a range.
final class EngineEdgesTest {
  private static final TopicName TOPIC = new TopicName("t");

  private final ManualClock clock = new ManualClock();
  private SimDisk disk = new SimDisk(1);
  private Engine engine;

  @BeforeEach
  void open() throws IOException {
    engine = Engine.open(disk, SteppedEngine.options(clock, 64 << 10, new SplittableRandom(1)));
  }

  @Test
  void aThreadThatHasEndedKeepsNobodyElseFromTheNews() {
    put(config -> config.durability(Durability.FSYNC));
    boolean[] told = new boolean[1];
    Newswire ended =
        engine.newWire(task -> {
          throw new RejectedExecutionException("shut down");
        });
    var _ = ended.follow(ref(), () -> {});
    var _ = engine.newWire(Runnable::run).follow(ref(), () -> told[0] = true);

    assertThat(await(append("1"))).isInstanceOf(AppendResult.Appended.class);
    assertThat(told[0]).isTrue();
    assertThat(await(append("2"))).isInstanceOf(AppendResult.Appended.class);
  }

  @Test
  void deletingTheTopicIsNewsToWhoeverFollowsIt() {
    put(ConfigPatch.NONE);
    boolean[] told = new boolean[1];
    TopicRef ref = ref();
    var _ = engine.newWire(Runnable::run).follow(ref, () -> told[0] = ref.isDeleted());

    await(engine.deleteTopic(TOPIC, false));
    assertThat(told[0]).isTrue();
  }

  @Test
  void aThreadIsWokenOnceHoweverMuchIsWrittenAndHoweverManyFollow() {
    put(ConfigPatch.NONE);
    List<Runnable> tasks = new ArrayList<>();
    int[] told = new int[1];
    Newswire wire = engine.newWire(tasks::add);
    List<Following> followings = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      followings.add(wire.follow(ref(), () -> told[0]++));
    }
    await(append("1"));
    await(append("2", "3"));
    assertThat(tasks).hasSize(1);
    tasks.removeFirst().run();
    assertThat(told[0]).isEqualTo(10);

    followings.subList(0, 9).forEach(Following::end);
    followings.getFirst().end();
    await(append("4"));
    tasks.removeFirst().run();
    assertThat(told[0]).isEqualTo(11);

    followings.getLast().end();
    await(append("5"));
    assertThat(tasks).isEmpty();
  }

  @Test
  void thousandsAreToldInPiecesAndWhoIsAloneDoesNotWaitForThem() {
    put(ConfigPatch.NONE);
    TopicName quiet = new TopicName("quiet");
    await(engine.putTopic(quiet, ConfigPatch.NONE));
    List<Runnable> tasks = new ArrayList<>();
    List<Runnable> later = new ArrayList<>();
    Newswire wire = engine.newWire(tasks::add, later::add);
    int[] told = new int[1000];
    boolean[] alone = new boolean[1];
    List<Following> followings = new ArrayList<>();
    for (int i = 0; i < told.length; i++) {
      int index = i;
      followings.add(wire.follow(ref(), () -> told[index]++));
    }
    var _ = wire.follow(Objects.requireNonNull(engine.find(quiet)), () -> alone[0] = true);

    await(append("1"));
    tasks.removeFirst().run();
    assertThat(Arrays.stream(told).sum()).isPositive().isLessThan(told.length);
    assertThat(tasks).isEmpty();
    await(append("2"));
    await(engine.deleteTopic(quiet, false));
    tasks.removeFirst().run();
    later.removeFirst().run();
    later.removeFirst().run();
    assertThat(alone[0]).isTrue();
    assertThat(Arrays.stream(told).sum()).isLessThan(told.length);

    followings.subList(0, 500).forEach(Following::end);
    while (!later.isEmpty()) {
      later.removeFirst().run();
    }
    assertThat(Arrays.stream(told).skip(500)).allMatch(times -> times == 2 || times == 3);
    assertThat(Arrays.stream(told).limit(500).sum()).isZero();
  }

  @Test
  void topicsThatAreWrittenToAgainAndAgainKeepNoOtherFromTheNews() {
    int topics = 250;
    List<Runnable> tasks = new ArrayList<>();
    List<Runnable> later = new ArrayList<>();
    Newswire wire = engine.newWire(tasks::add, later::add);
    int[] told = new int[topics];
    List<TopicName> toldNow = new ArrayList<>();
    for (int i = 0; i < topics; i++) {
      int index = i;
      TopicName name = new TopicName("t" + i);
      await(engine.putTopic(name, ConfigPatch.NONE));
      var _ =
          wire.follow(
              Objects.requireNonNull(engine.find(name)),
              () -> {
                told[index]++;
                toldNow.add(name);
              });
      await(append(name, AppendOptions.NONE, "1"));
    }

    tasks.removeFirst().run();
    assertThat(told).contains(0);
    for (int round = 0; round < 3; round++) {
      List.copyOf(toldNow).forEach(name -> await(append(name, AppendOptions.NONE, "2")));
      toldNow.clear();
      tasks.removeFirst().run();
      later.removeFirst().run();
    }
    assertThat(told).doesNotContain(0);
  }

  private TopicRef ref() {
    return Objects.requireNonNull(engine.find(TOPIC));
  }

  @Test
  void aReadMayAskForAsManyRecordsAsThereAreNumbers() {
    await(append("1", "2", "3"));

    assertThat(read(query(1, Integer.MAX_VALUE)).records()).isEqualTo(2);
  }

  @Test
  void aCursorAtTheEndOfAllNumbersIsBeyondTheHead() {
    await(append("1"));

    DiffResult.Page page = read(query(Long.MAX_VALUE, 10));
    assertThat(page.tombstone()).isEqualTo(new Tombstone(1, 1, LossReason.RECREATED, 1, 1));
    assertThat(page.records()).isEqualTo(1);
  }

  @Test
  void deletingBeforeSeqZeroDeletesNothing() {
    await(append("1"));

    assertThat(delete(new RecordSelector(0, null)).deleted()).isZero();
    assertThat(read(query(0, 10)).records()).isEqualTo(1);
  }

  @Test
  void aReadSkipsTheHolesInsideABatch() {
    await(append("1", "\"odd\"", "3", "\"odd\"", "5"));
    delete(new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("odd")));

    assertThat(text(query(0, 10))).contains(":1}", ":3}", ":5}").doesNotContain("odd");
    DiffResult.Page first = read(query(0, 2));
    assertThat(first.nextFromSeq()).isEqualTo(3);
    assertThat(read(query(3, 2)).caughtUp()).isTrue();
  }

  @Test
  void aDeleteAcrossALossLeavesTheLossTold() throws IOException {
    put(config -> config.ttlMillis(10_000));
    await(append("1"));
    syncAll();
    clock.advance(5_000);
    await(append("2"));
    syncAll();
    disk = disk.crash(Crash.POWER);
    open();
    long lost = read(query(2, 10)).headSeq();
    await(append("3"));
    await(append("4"));
    clock.advance(6_000);

    assertThat(delete(new RecordSelector(lost + 2, null)).deleted()).isEqualTo(2);
    Tombstone told = read(query(2, 10)).tombstone();
    assertThat(told).as("a reader that had seen both records").isNotNull();
    assertThat(told.gapFrom()).isEqualTo(3);
  }

  @Test
  void noTopicTakesAWriteOnceTheJournalFailed() {
    put(config -> config.durability(Durability.EPHEMERAL));
    await(append("1"));
    disk.fail(new Fault(disk.operations(), Fault.Kind.EIO, true));
    assertThat(await(engine.putTopic(new TopicName("u"), ConfigPatch.NONE)))
        .isInstanceOf(Refusal.StorageFailed.class);
    assertThat(engine.stats().journalState()).isEqualTo(JournalState.FAILED);

    assertThat(await(append("2"))).isInstanceOf(Refusal.StorageFailed.class);
    assertThat(await(engine.deleteRecords(TOPIC, new RecordSelector(2, null))))
        .isInstanceOf(Refusal.StorageFailed.class);
    assertThat(read(query(0, 10)).records()).isEqualTo(1);
  }

  @Test
  void recordsExpireForGoodHoweverBusyTheTopicIs() {
    put(config -> config.durability(Durability.FSYNC).ttlMillis(1_000));
    await(append("1"));
    clock.advance(2_000);
    keepAppending();
    for (int i = 0; i < 5; i++) {
      engine.step();
    }

    long head = read(query(0, 10)).headSeq();
    assertThat(head).isGreaterThan(2);
    assertThat(engine.state(TOPIC, false).count()).isEqualTo(head - 1);
  }

  /// Appends again as soon as an append is answered: there is always one that waits for a sync.
  private void keepAppending() {
    var _ = append("2").thenRun(this::keepAppending);
  }

  @Test
  void aKeyIsForgottenAfterItsWindowOnly() {
    put(config -> config.idempotencyWindowMillis(1_000));
    AppendOptions withKey = new AppendOptions("k", ConfigPatch.NONE);
    assertThat(((AppendResult.Appended) await(append(withKey, "1"))).deduped()).isFalse();
    clock.advance(1_000);
    assertThat(((AppendResult.Appended) await(append(withKey, "1"))).deduped()).isTrue();
    clock.advance(1);
    assertThat(((AppendResult.Appended) await(append(withKey, "1"))).deduped()).isFalse();
  }

  @Test
  void anAppendGoesToTheTopicThatTookTheNameBeforeItsTurn() {
    boolean tookIt = false;
    for (int reading = 1; reading <= 4; reading++) {
      await(append("1", "2"));
      clock.happensAt(
          reading,
          () -> {
            var _ = engine.deleteTopic(TOPIC, false);
            var _ = engine.putTopic(TOPIC, ConfigPatch.NONE);
          });

      long seq = ((AppendResult.Appended) await(append("3"))).firstSeq();

      tookIt |= seq == 1;
      assertThat(seq).isIn(1L, 3L);
      assertThat(ref().headSeq()).isEqualTo(seq == 1 ? 1 : 0);
      var _ = await(engine.deleteTopic(TOPIC, false));
    }
    assertThat(tookIt).isTrue();
  }

  private void put(ConfigPatch patch) {
    assertThat(await(engine.putTopic(TOPIC, patch))).isInstanceOf(PutTopicResult.Put.class);
  }

  private DeleteRecordsResult.Deleted delete(RecordSelector selector) {
    return (DeleteRecordsResult.Deleted) await(engine.deleteRecords(TOPIC, selector));
  }

  private CompletableFuture<AppendResult> append(String... data) {
    return append(AppendOptions.NONE, data);
  }

  private CompletableFuture<AppendResult> append(AppendOptions options, String... data) {
    return append(TOPIC, options, data);
  }

  /// Strings are their own tags.
  private CompletableFuture<AppendResult> append(
      TopicName topic, AppendOptions options, String... data) {
    StringBuilder body = new StringBuilder();
    for (String value : data) {
      String tag = value.startsWith("\"") ? ",\"tag\":" + value : "";
      body.append(body.isEmpty() ? "{\"records\":[" : ",");
      body.append("{\"data\":").append(value).append(tag).append('}');
    }
    byte[] bytes = body.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    return appender.append(topic, options);
  }

  private static DiffQuery query(long fromSeq, int limit) {
    return new DiffQuery(fromSeq, limit, NodeFilter.NONE, false, true, true, 0);
  }

  private DiffResult.Page read(DiffQuery query) {
    return (DiffResult.Page) engine.newReader().diff(TOPIC, query, new CollectingSink());
  }

  private String text(DiffQuery query) {
    CollectingSink sink = new CollectingSink();
    assertThat(engine.newReader().diff(TOPIC, query, sink)).isInstanceOf(DiffResult.Page.class);
    return sink.text();
  }

  /// Makes everything durable; what is reserved stays so.
  private void syncAll() {
    clock.advance(60);
    engine.step();
  }

  private <R> R await(CompletableFuture<R> future) {
    for (int i = 0; i < 1_000 && !future.isDone(); i++) {
      engine.step();
    }
    return future.getNow(null);
  }
}
