package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.engine.Engine;
import dev.topics.engine.Verification;
import dev.topics.engine.json.WriteBody;
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
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Checkpoints, and the journal files that they make superfluous.
final class CheckpointTest {
  private static final TopicName LOG = new TopicName("log");
  private static final TopicName CAPPED = new TopicName("capped");
  private static final TopicName FLEETING = new TopicName("fleeting");
  private static final AppendOptions KEYED = new AppendOptions("key", ConfigPatch.NONE);
  private static final String LARGE = "\"" + "x".repeat(500) + "\"";

  private final ManualClock clock = new ManualClock();
  private SimDisk disk = new SimDisk(1);
  private Engine engine;

  @BeforeEach
  void open() throws IOException {
    engine = Engine.open(disk, SteppedEngine.options(clock, 8 << 10, new SplittableRandom(1)));
  }

  @Test
  void theJournalOfATopicWithACapStaysSmallAndTheNextStartReadsOnlyItsEnd() throws IOException {
    put(CAPPED, config -> config.capRecords(3));
    for (int i = 0; i < 200; i++) {
      append(CAPPED, AppendOptions.NONE, LARGE);
      idle();
    }
    assertThat(journalFiles()).hasSizeLessThan(10);
    assertThat(disk.files().stream().filter(name -> name.startsWith("checkpoints/"))).hasSize(2);
    String before = read(CAPPED);
    TopicState state = engine.state(CAPPED, false);
    crash();
    assertThat(read(CAPPED)).isEqualTo(before);
    assertThat(engine.state(CAPPED, false)).isEqualTo(state);
    assertThat(Verification.of(disk.copy()).findings()).isEmpty();
  }

  @Test
  void theFilesOfABurstGoOnceItsRecordsAreInPacksThoughNobodyWritesAnyMore() throws IOException {
    put(LOG, ConfigPatch.NONE);
    for (int i = 0; i < 300; i++) {
      append(LOG, AppendOptions.NONE, LARGE);
    }
    assertThat(journalFiles()).hasSizeGreaterThan(40);
    for (int i = 0; i < 5; i++) {
      idle();
      clock.advance(6000);
    }
    assertThat(journalFiles()).hasSizeLessThan(8);
    List<String> before = checkpoints();
    clock.advance(60_000);
    idle();
    assertThat(checkpoints()).as("nothing is left to free").isEqualTo(before);
    String records = read(LOG);
    crash();
    assertThat(read(LOG)).isEqualTo(records);
  }

  @Test
  void everythingThatIsKnownOfATopicComesBackFromACheckpoint() throws IOException {
    live();
    String log = read(LOG);
    TopicState logState = engine.state(LOG, false);
    crash();
    assertThat(read(LOG)).isEqualTo(log);
    assertThat(engine.state(LOG, false)).isEqualTo(logState);
    assertThat(append(LOG, KEYED, "0").deduped()).isTrue();
    assertThat(delete("odd")).isEqualTo(30);
    assertThat(read(LOG)).doesNotContain("\"data\":1}");
    assertThat(append(LOG, AppendOptions.NONE, "0").firstSeq()).isEqualTo(logState.headSeq() + 1);
  }

  @Test
  void whatLivedInMemoryOnlyIsToldToBeLostAfterACheckpointToo() throws IOException {
    live();
    long head = engine.state(FLEETING, false).headSeq();
    crash();
    DiffResult.Page page = page(FLEETING, new CollectingSink());
    assertThat(page.records()).isZero();
    assertThat(page.headSeq()).isGreaterThanOrEqualTo(head);
    assertThat(page.tombstone()).isNotNull();
    assertThat(page.tombstone().gapTo()).isEqualTo(page.headSeq());
    assertThat(engine.state(FLEETING, false).count()).isZero();
    assertThat(engine.state(FLEETING, false).bytes()).isZero();
  }

  /// Whenever that is: before its turn, after it, with or without another topic behind it.
  @Test
  void aTopicThatGoesWhileACheckpointIsWrittenDoesNotKeepTheNextStartFromReadingIt()
      throws IOException {
    for (int steps = 0; steps < 12; steps++) {
      disk = new SimDisk(steps);
      open();
      for (TopicName topic : List.of(LOG, CAPPED, FLEETING)) {
        put(topic, ConfigPatch.NONE);
      }
      for (int i = 0; i < 20; i++) {
        append(LOG, AppendOptions.NONE, LARGE);
      }
      for (int i = 0; i < steps; i++) {
        engine.step();
      }
      for (TopicName topic : List.of(LOG, CAPPED, FLEETING)) {
        await(engine.deleteTopic(topic, false));
      }
      idle();
      crash();
      assertThat(engine.topicCount()).as("after %d steps", steps).isZero();
    }
  }

  @Test
  void theCheckpointBeforeIsUsedIfTheNewestIsDamaged() throws IOException {
    live();
    String log = read(LOG);
    disk = disk.crash(Crash.PROCESS);
    List<String> checkpoints = checkpoints();
    assertThat(checkpoints).hasSize(2);
    disk.flip(checkpoints.getLast(), disk.size(checkpoints.getLast()) / 2, 1);
    open();
    assertThat(read(LOG)).isEqualTo(log);
    for (int i = 0; i < 100; i++) {
      append(LOG, AppendOptions.NONE, LARGE);
      idle();
    }
    log = read(LOG);
    crash();
    assertThat(read(LOG)).isEqualTo(log);
  }

  @Test
  void whateverHappensToOneOfBothCheckpointsNothingIsMissing() throws IOException {
    live();
    String log = read(LOG);
    SimDisk whole = disk.crash(Crash.PROCESS);
    for (String name : checkpoints()) {
      for (long at = 0; at < whole.size(name); at += 61) {
        disk = whole.copy();
        disk.flip(name, at, 1 << (at % 8));
        open();
        assertThat(read(LOG)).as("byte %d of %s", at, name).isEqualTo(log);
      }
      disk = whole.copy();
      disk.cut(name, whole.size(name) / 2);
      open();
      assertThat(read(LOG)).isEqualTo(log);
      disk = whole.copy();
      disk.lose(name);
      open();
      assertThat(read(LOG)).isEqualTo(log);
    }
    disk = whole.copy();
    disk.overwrite(checkpoints().getLast(), 0, whole.bytes(checkpoints().getFirst()));
    open();
    assertThat(read(LOG)).as("one has the name of the other").isEqualTo(log);
  }

  @Test
  void aFullDiskHasRoomAgainAfterATopicWasDeleted() {
    disk.capacity(400 << 10);
    put(CAPPED, ConfigPatch.NONE);
    int taken = 0;
    while (await(tryAppend(CAPPED)) instanceof AppendResult.Appended && taken < 2_000) {
      taken++;
      idle();
    }
    assertThat(await(tryAppend(CAPPED))).isInstanceOf(Refusal.StorageFull.class);
    assertThat(engine.journalState()).isEqualTo(JournalState.DISK_FULL);
    await(engine.deleteTopic(CAPPED, false));
    for (int i = 0; i < 30; i++) {
      idle();
      clock.advance(1_000);
    }
    assertThat(await(tryAppend(LOG))).isInstanceOf(AppendResult.Appended.class);
  }

  /// What lives in the oldest file goes into a small pack, or all of the file would stay.
  @Test
  void aFullDiskHasRoomAgainAlthoughAFewRecordsLiveInItsOldestFile() throws IOException {
    for (int kilobytes = 60; kilobytes <= 120; kilobytes += 8) {
      disk = new SimDisk(1).capacity((long) kilobytes << 10);
      open();
      put(LOG, ConfigPatch.NONE);
      put(CAPPED, ConfigPatch.NONE);
      append(LOG, AppendOptions.NONE, "0");
      int taken = 0;
      while (await(tryAppend(CAPPED)) instanceof AppendResult.Appended && taken < 2_000) {
        taken++;
      }
      assertThat(await(tryAppend(CAPPED))).isInstanceOf(Refusal.StorageFull.class);
      await(engine.deleteRecords(CAPPED, new RecordSelector(RecordSelector.ANY_SEQ, null)));
      for (int i = 0; i < 60; i++) {
        idle();
        clock.advance(1_000);
      }
      assertThat(await(tryAppend(CAPPED)))
          .as("of %d KB", kilobytes)
          .isInstanceOf(AppendResult.Appended.class);
      assertThat(engine.state(LOG, false).count()).isEqualTo(1);
    }
  }

  @Test
  void aStoreWithoutAWholeCheckpointRefusesToStart() throws IOException {
    live();
    disk = disk.crash(Crash.PROCESS);
    for (String name : checkpoints()) {
      disk.flip(name, disk.size(name) / 2, 1);
    }
    assertThatThrownBy(this::open).isInstanceOf(RefusedException.class);
  }

  /// Fills several journal files, with deletes, keys and topics that come and go in between.
  private void live() {
    put(LOG, ConfigPatch.NONE);
    put(FLEETING, config -> config.durability(Durability.EPHEMERAL));
    append(LOG, KEYED, "0");
    for (int i = 1; i < 60; i++) {
      append(LOG, AppendOptions.NONE, Integer.toString(i), LARGE);
      append(FLEETING, AppendOptions.NONE, LARGE);
      put(new TopicName("other" + i), ConfigPatch.NONE);
      if (i % 10 == 0) {
        delete("large");
        await(engine.deleteTopic(new TopicName("other" + (i - 5)), false));
      }
      engine.step();
    }
    idle();
  }

  private void crash() throws IOException {
    disk = disk.crash(Crash.PROCESS);
    open();
  }

  private List<String> journalFiles() {
    return disk.files().stream().filter(name -> name.startsWith("journal/")).toList();
  }

  private List<String> checkpoints() {
    return disk.files().stream().filter(name -> name.endsWith(".checkpoint")).sorted().toList();
  }

  /// Steps until there is nothing left to do.
  private void idle() {
    clock.advance(60);
    for (int i = 0; i < 1000 && engine.step() > 0; i++) {
      clock.advance(1);
    }
  }

  private void put(TopicName topic, ConfigPatch patch) {
    await(engine.putTopic(topic, patch));
  }

  private long delete(String tag) {
    var selector = new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact(tag));
    return ((DeleteRecordsResult.Deleted) await(engine.deleteRecords(LOG, selector))).deleted();
  }

  private AppendResult.Appended append(TopicName topic, AppendOptions options, String... data) {
    StringBuilder body = new StringBuilder();
    for (String value : data) {
      body.append(body.isEmpty() ? "{\"records\":[" : ",");
      body.append("{\"data\":")
          .append(value)
          .append(",\"tag\":\"")
          .append(tag(value))
          .append("\"}");
    }
    return (AppendResult.Appended) await(send(topic, options, body.append("]}").toString()));
  }

  private CompletableFuture<AppendResult> tryAppend(TopicName topic) {
    return send(topic, AppendOptions.NONE, "{\"records\":[{\"data\":" + LARGE + "}]}");
  }

  private CompletableFuture<AppendResult> send(
      TopicName topic, AppendOptions options, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    return appender.append(topic, options);
  }

  private static String tag(String value) {
    if (value.startsWith("\"")) {
      return "large";
    }
    return Integer.parseInt(value) % 2 == 0 ? "even" : "odd";
  }

  private String read(TopicName topic) {
    CollectingSink sink = new CollectingSink();
    DiffResult.Page page = page(topic, sink);
    return page.tombstone() + sink.text();
  }

  private DiffResult.Page page(TopicName topic, CollectingSink sink) {
    DiffQuery query = new DiffQuery(0, 1000, NodeFilter.NONE, true, true, true, 0);
    return (DiffResult.Page) engine.newReader().diff(topic, query, sink);
  }

  private <R> R await(CompletableFuture<R> future) {
    for (int i = 0; i < 1_000 && !future.isDone(); i++) {
      engine.step();
    }
    return future.getNow(null);
  }
}
