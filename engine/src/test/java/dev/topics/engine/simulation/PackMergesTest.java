package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineSeam;
import dev.topics.engine.Repair;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.PackStats;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where many topics share packs, merges end when nothing more can be merged, whatever separates
/// the small runs of a topic (ADR 0012).
final class PackMergesTest {
  private static final int MERGE_PACKS = 8;
  private static final int STEPS_MAX = 100_000;
  private static final int TOPICS = 100;
  private static final int SOME_TOPICS = 8;
  private static final int LONELY_RUN = 3500;
  private static final String FILLING = "filling";

  private SimDisk disk = new SimDisk(1);
  private SimDisk cold = new SimDisk(2);
  private final ManualClock clock = new ManualClock();
  private Engine engine;

  private void open(int fileBytes, int mergePacks, int smallRunBytes, boolean hasCold)
      throws IOException {
    engine =
        Engine.open(
            disk,
            SteppedEngine.options(clock, fileBytes, new SplittableRandom(3))
                .withPacks(PackOptions.defaults().withMerges(mergePacks, smallRunBytes))
                .withCold(hasCold ? ColdDisks.of(cold, 0) : null));
  }

  @AfterEach
  void close() throws IOException {
    engine.close();
  }

  private void append(String topic, int dataBytes) {
    String record =
        "{\"records\":[{\"data\":\"%s\",\"tag\":\"t%d\"}]}"
            .formatted("x".repeat(dataBytes), dataBytes % 10);
    byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    var answer = appender.append(new TopicName(topic), AppendOptions.NONE);
    work(10);
    assertThat(answer.join()).isInstanceOf(AppendResult.Appended.class);
  }

  /// Appends to a topic whose runs are large until there are `packs`.
  private void fillUntil(long packs) {
    while (packs().written() < packs) {
      append(FILLING, 1000);
    }
  }

  private PackStats packs() {
    return engine.stats().packs();
  }

  private int packFiles() {
    return SmallStore.files(disk, "packs/").size() + SmallStore.files(cold, "packs/").size();
  }

  private void work(long millis) {
    clock.advance(millis);
    int steps = 0;
    while (engine.step() > 0) {
      assertThat(steps++).as("steps at a time").isLessThan(STEPS_MAX);
    }
  }

  /// Does all that is left to do, and asserts that then nothing is.
  private void assertComesToRest() {
    for (int i = 0; i < 100; i++) {
      work(10_000);
    }
    PackStats before = packs();
    long frames = engine.stats().journal().frames();
    for (int i = 0; i < 100; i++) {
      work(10_000);
    }
    assertThat(packs()).isEqualTo(before);
    assertThat(engine.stats().journal().frames()).isEqualTo(frames);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aTopicWhoseSmallRunsLieBetweenLargeOnesIsLeftAlone(boolean hasCold) throws IOException {
    open(64 << 10, MERGE_PACKS, 4000, hasCold);
    for (int pack = 1; pack <= 3 * MERGE_PACKS; pack++) {
      for (int i = pack % 2 == 0 ? 2 : 10; i > 0; i--) {
        append("t", 1000);
      }
      fillUntil(pack);
    }
    assertComesToRest();
    assertThat(packs().merged()).isZero();
    assertThat(packs().moved()).isEqualTo(hasCold ? packFiles() : 0);
  }

  @Test
  void othersAreMergedAllTheSameAndThoseAreNotCopied() throws IOException {
    open(64 << 10, MERGE_PACKS, 4000, true);
    for (int pack = 1; pack <= 3 * MERGE_PACKS; pack++) {
      for (int i = pack % 2 == 0 ? 1 : 3; i > 0; i--) {
        append("t", LONELY_RUN);
      }
      append("small", 10);
      fillUntil(pack);
    }
    assertComesToRest();
    assertThat(packs().merged()).isEqualTo(3);
    assertThat(packs().bytesMerged())
        .as("no run that stays as it is was copied")
        .isLessThan(3 * LONELY_RUN);
  }

  /// Many topics whose runs are small, of the first level; of the second in one pack.
  private void writePacks(int first, int last, int ofSecondLevel) {
    for (int pack = first; pack <= last; pack++) {
      for (int topic = 0; topic < TOPICS; topic++) {
        append("t" + topic, pack == ofSecondLevel ? 800 : 20);
      }
      fillUntil(pack);
    }
  }

  @Test
  void packsOfALevelAreMergedThoughTheOldestIsCutOffByAHigherOne() throws IOException {
    open(128 << 10, MERGE_PACKS, 1000, true);
    writePacks(1, MERGE_PACKS + 1, 2);
    assertComesToRest();
    assertThat(packs().merged()).as("one less than a level needs").isZero();
    assertThat(packs().moved()).isEqualTo(MERGE_PACKS + 1);
    writePacks(MERGE_PACKS + 2, 3 * MERGE_PACKS, 2);
    assertComesToRest();
    assertThat(packs().merged()).isEqualTo(2);
  }

  @Test
  void whatWasCutOffByAHigherLevelIsMergedWithIt() throws IOException {
    open(128 << 10, 2, 10_000, false);
    for (int pack = 1; pack <= 6; pack++) {
      for (int topic = 0; topic < TOPICS; topic++) {
        append("t" + topic, pack % 2 == 0 ? 800 : 20);
      }
      fillUntil(pack);
    }
    String before = readAll("t7");
    assertComesToRest();
    assertThat(packs().merged()).isPositive();
    assertThat(readAll("t7")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whereTheFrameOfAMergeIsLostNoRecordIs(boolean restarted) throws IOException {
    open(128 << 10, MERGE_PACKS, 1000, false);
    writePacks(1, MERGE_PACKS + 1, 0);
    List<String> before = readAll();
    Journal journal = EngineSeam.store(engine).journal();
    LogStart merge = journal.endOfLog();
    delete(FILLING, RecordSelector.ANY_SEQ, null);
    for (int i = 0; i < STEPS_MAX && packs().merged() == 0; i++) {
      clock.advance(engine.step() > 0 ? 0 : 1000);
    }
    work(0);
    assertThat(packs().merged()).isPositive();
    LogStart end = journal.endOfLog();
    assertThat(end.sequence()).isEqualTo(merge.sequence());
    for (int i = 0; i < 100; i++) {
      clock.advance(10);
      journal.flusher().step();
    }
    disk = disk.crash(Crash.PROCESS);
    if (restarted) {
      open(128 << 10, MERGE_PACKS, 1000, false);
      disk = disk.crash(Crash.PROCESS);
    }
    for (int at = merge.offset() + 32; at < end.offset(); at += 64) {
      disk.flip("journal/%010d.journal".formatted(merge.sequence()), at, 1);
    }
    assertThat(Repair.of(disk).needed()).isTrue();
    open(128 << 10, MERGE_PACKS, 1000, false);
    assertThat(readAll()).isEqualTo(before);
    assertComesToRest();
    assertThat(packs().merged()).isPositive();
    assertThat(packs().deleted()).isPositive();
    assertThat(readAll()).isEqualTo(before);
  }

  @Test
  void replacedPacksInTheColdDirectoryWaitForACheckpointAfterARestartToo() throws IOException {
    open(128 << 10, MERGE_PACKS, 1000, true);
    writePacks(1, MERGE_PACKS, 0);
    assertComesToRest();
    List<String> before = readAll();
    assertThat(packs().moved()).isPositive();
    delete(FILLING, RecordSelector.ANY_SEQ, null);
    for (int i = 0; i < STEPS_MAX && packs().merged() == 0; i++) {
      clock.advance(engine.step() > 0 ? 0 : 1000);
    }
    assertThat(packs().merged()).isPositive();
    List<String> replaced = SmallStore.files(cold, "packs/");
    assertThat(replaced).isNotEmpty();
    disk = disk.crash(Crash.PROCESS);
    cold = cold.crash(Crash.PROCESS);
    open(128 << 10, MERGE_PACKS, 1000, true);
    assertThat(SmallStore.files(cold, "packs/")).isEqualTo(replaced);
    assertComesToRest();
    assertThat(SmallStore.files(cold, "packs/")).doesNotContain(replaced.getFirst());
    assertThat(readAll()).isEqualTo(before);
  }

  /// Runs small and large, of topics that are in some packs and not in others, some mostly dead.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverWasWrittenComesToRest(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    open(16 << 10, random.nextInt(2, 5), random.nextInt(200, 4000), random.nextBoolean());
    for (int pack = 1; pack <= 40; pack++) {
      for (int topic = 0; topic < SOME_TOPICS; topic++) {
        for (int left = random.nextInt(random.nextInt(1, 5)); left > 0; left--) {
          append("t" + topic, random.nextInt(5, random.nextInt(6, 2000)));
        }
      }
      fillUntil(pack);
      if (random.nextInt(4) == 0) {
        deleteSome(random.nextInt(4) == 0 ? FILLING : "t" + random.nextInt(SOME_TOPICS), random);
      }
    }
    List<String> before = readAll();
    assertComesToRest();
    assertThat(packs().merged()).isPositive();
    assertThat(readAll()).isEqualTo(before);
  }

  private void deleteSome(String topic, SplittableRandom random) {
    if (engine.state(new TopicName(topic), false) == null) {
      return;
    }
    TagMatch match = random.nextBoolean() ? new TagMatch.Exact("t" + random.nextInt(10)) : null;
    delete(topic, match == null ? random.nextInt(2, 40) : RecordSelector.ANY_SEQ, match);
  }

  private void delete(String topic, long beforeSeq, @Nullable TagMatch match) {
    var answer = engine.deleteRecords(new TopicName(topic), new RecordSelector(beforeSeq, match));
    work(10);
    assertThat(answer.join()).isInstanceOf(DeleteRecordsResult.Deleted.class);
  }

  private List<String> readAll() {
    return IntStream.range(0, SOME_TOPICS).mapToObj(topic -> readAll("t" + topic)).toList();
  }

  private String readAll(String topic) {
    StringBuilder text = new StringBuilder();
    DiffResult.Page page;
    long from = 0;
    do {
      CollectingSink sink = new CollectingSink();
      DiffQuery query = new DiffQuery(from, 1000, NodeFilter.NONE, false, true, true, 0);
      page = (DiffResult.Page) engine.newReader().diff(new TopicName(topic), query, sink);
      text.append(sink.text());
      from = page.nextFromSeq();
    } while (!page.caughtUp());
    return text.toString();
  }
}
