package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.ProcessExhaustedException;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.SimDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What happens to packed records over the years: merged, rewritten, moved to a cold directory,
/// damaged.
final class PackedDataTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final int RECORDS = 2000;
  private static final int HALF_A_CHUNK = 20;
  private static final int NO_MERGES = 1000;
  private static final long HOUR = 3_600_000;

  private final SimDisk disk = new SimDisk(1);
  private final SimDisk cold = new SimDisk(2);
  private final ManualClock clock = new ManualClock();

  private Engine open(Disk coldDisk) throws IOException {
    return open(disk, coldDisk, 4);
  }

  private Engine open(Disk dataDisk, Disk coldDisk, int mergePacks) throws IOException {
    return Engine.open(
        dataDisk,
        SteppedEngine.options(clock, 8 << 10, new SplittableRandom(3))
            .withPacks(
                PackOptions.defaults()
                    .withOpenFilesMax(1)
                    .withChunks(4000, 2 * HALF_A_CHUNK)
                    .withMerges(mergePacks, 40_000))
            .withCold(coldDisk == null ? null : ColdDisks.of(coldDisk, 0)));
  }

  private void append(Engine engine, int count) {
    for (int i = 0; i < count; i++) {
      String body =
          "{\"records\":[{\"data\":\"%s\",\"tag\":\"t%d\"}]}".formatted("x".repeat(90), i % 10);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      var appender = engine.newAppender();
      assertThat(appender.body().decode(bytes, 0, bytes.length))
          .isInstanceOf(WriteBody.Accepted.class);
      var answer = appender.append(TOPIC, AppendOptions.NONE);
      clock.advance(10);
      work(engine);
      assertThat(answer.join()).isInstanceOf(AppendResult.Appended.class);
    }
  }

  /// Does all that is due, again and again, until nothing is left to do.
  private void work(Engine engine) {
    while (engine.step() > 0) {
      assertThat(engine.stats().topics()).isLessThanOrEqualTo(1);
    }
  }

  private void settle(Engine engine) {
    for (int i = 0; i < 150; i++) {
      clock.advance(10_000);
      work(engine);
    }
  }

  private static DiffResult read(Engine engine, long fromSeq, CollectingSink sink) {
    DiffQuery query = new DiffQuery(fromSeq, 1000, NodeFilter.NONE, false, true, true, 0);
    return engine.newReader().diff(TOPIC, query, sink);
  }

  /// What is read from the start on, and the last answer.
  private static String readAll(Engine engine) {
    StringBuilder all = new StringBuilder();
    long cursor = 0;
    while (true) {
      CollectingSink sink = new CollectingSink();
      DiffResult answer = read(engine, cursor, sink);
      all.append(sink.text()).append('\n');
      if (!(answer instanceof DiffResult.Page page) || page.caughtUp()) {
        return all.append(answer).toString();
      }
      cursor = page.nextFromSeq();
    }
  }

  private static long packBytes(SimDisk of) {
    return of.files().stream().filter(name -> name.startsWith("packs/")).mapToLong(of::size).sum();
  }

  @Test
  void smallPacksBecomeFewAndReadAsBefore() throws IOException {
    try (Engine engine = open(null)) {
      append(engine, RECORDS);
      String before = readAll(engine);
      settle(engine);
      assertThat(engine.stats().packs().merged()).isGreaterThan(2);
      assertThat(engine.stats().packs().deleted()).isGreaterThan(8);
      assertThat(engine.stats().packs().bytesWritten()).isGreaterThan(before.length());
      assertThat(engine.stats().packs().bytesMerged()).isGreaterThan(before.length());
      assertThat(readAll(engine)).isEqualTo(before);
    }
    try (Engine engine = open(null)) {
      assertThat(readAll(engine)).contains("\"$seq\":" + RECORDS + ",");
    }
  }

  @Test
  void packsThatAreMostlyDeadGiveTheirSpaceBack() throws IOException {
    try (Engine engine = open(null)) {
      append(engine, RECORDS);
      settle(engine);
      long full = packBytes(disk);
      for (int tag = 0; tag < 9; tag++) {
        var answer =
            engine.deleteRecords(
                TOPIC, new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("t" + tag)));
        work(engine);
        assertThat(answer.join()).isInstanceOf(DeleteRecordsResult.Deleted.class);
      }
      String before = readAll(engine);
      settle(engine);
      assertThat(packBytes(disk)).isLessThan(full / 4);
      assertThat(readAll(engine)).isEqualTo(before);
    }
  }

  @Test
  void whatLiesOnAMissingColdDiskIsRefusedByRangeAndBackWithTheDisk() throws IOException {
    String before;
    try (Engine engine = open(cold)) {
      append(engine, RECORDS);
      before = readAll(engine);
      settle(engine);
      assertThat(engine.stats().packs().moved()).isPositive();
      assertThat(packBytes(disk)).isZero();
      assertThat(readAll(engine)).isEqualTo(before);
    }
    try (Engine engine = open(new SimDisk(3))) {
      var refusal = (Refusal.DataCorrupt) read(engine, 0, new CollectingSink());
      assertThat(refusal.gapFrom()).isEqualTo(1);
      assertThat(refusal.gapTo()).isLessThanOrEqualTo(RECORDS);
      long last = refusal.gapTo();
      while (read(engine, last, new CollectingSink()) instanceof Refusal.DataCorrupt next) {
        assertThat(next.gapFrom()).isEqualTo(last + 1);
        last = next.gapTo();
      }
      append(engine, 1);
      CollectingSink tail = new CollectingSink();
      assertThat(read(engine, last, tail)).isInstanceOf(DiffResult.Page.class);
      assertThat(tail.text()).startsWith("{\"$seq\":" + (last + 1) + ",");
    }
    try (Engine engine = open(cold)) {
      assertThat(readAll(engine)).startsWith(before.substring(0, before.lastIndexOf('}')));
    }
  }

  @Test
  void aCapTakesNoMoreThanItMustThoughThatLiesOnAMissingColdDisk() throws IOException {
    try (Engine engine = open(cold)) {
      append(engine, RECORDS);
      settle(engine);
      assertThat(packBytes(disk)).isZero();
    }
    try (Engine engine = open(new SimDisk(3))) {
      var answer = engine.putTopic(TOPIC, config -> config.capRecords(RECORDS - 10));
      work(engine);
      assertThat(answer.join()).isInstanceOf(PutTopicResult.Put.class);
      append(engine, 1);
      TopicState state = engine.state(TOPIC, false);
      assertThat(state.count()).isEqualTo(RECORDS - 10);
      assertThat(state.earliestSeq()).isEqualTo(12);
    }
    try (Engine engine = open(cold)) {
      assertThat(readAll(engine)).startsWith("{\"$seq\":12,");
    }
  }

  @Test
  void packsThatCannotBeMovedAreCounted() throws IOException {
    SimDisk full = new SimDisk(4);
    var _ = full.capacity(0);
    try (Engine engine = open(full)) {
      append(engine, RECORDS);
      settle(engine);
      assertThat(engine.stats().packs().setAside()).isPositive();
    }
    try (Engine engine = open(cold)) {
      settle(engine);
      assertThat(engine.stats().packs().moved()).isPositive();
      assertThat(engine.stats().packs().setAside()).isZero();
    }
  }

  @Test
  void theScrubberCountsDamageThatReadersAreRefusedFor() throws IOException {
    try (Engine engine = open(null)) {
      append(engine, RECORDS);
      settle(engine);
      assertThat(engine.stats().scrub().damaged()).isZero();
      assertThat(engine.stats().scrub().rounds()).isPositive();
    }
    List<String> packs = disk.files().stream().filter(name -> name.startsWith("packs/")).toList();
    disk.flip(packs.getFirst(), 512 + 100, 1);
    try (Engine engine = open(null)) {
      settle(engine);
      assertThat(engine.stats().scrub().damaged()).isEqualTo(1);
      var refusal = firstRefusal(engine);
      assertThat(refusal.gapTo() - refusal.gapFrom()).isLessThan(2 * HALF_A_CHUNK);
      assertThat(read(engine, refusal.gapTo(), new CollectingSink()))
          .isInstanceOf(DiffResult.Page.class);
    }
  }

  /// Whatever is read of one pack behind its seal cannot be read, or comes back wrong.
  private static final class BadSectors extends WrappedDisk {
    private final String pack;
    private final boolean fails;
    private boolean well;

    BadSectors(Disk disk, String pack, boolean fails) {
      super(disk);
      this.pack = pack;
      this.fails = fails;
    }

    @Override
    protected DiskFile wrap(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public long read(MemorySegment target, long offset) throws IOException {
          long read = super.read(target, offset);
          if (!well && name().startsWith(pack) && offset + read > 512) {
            if (fails) {
              throw new DiskFailedException("planned");
            }
            target.fill((byte) 1);
          }
          return read;
        }
      };
    }
  }

  /// Packs that nothing was merged of or moved; answers their names.
  private List<String> writePacks() throws IOException {
    try (Engine engine = open(disk, null, NO_MERGES)) {
      append(engine, RECORDS);
      settle(engine);
    }
    List<String> packs = SmallStore.files(disk, "packs/");
    assertThat(packs).hasSizeGreaterThan(9);
    return packs;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPackThatCannotBeMovedHoldsUpNoneOfTheOthersAndIsTriedAgain(boolean unreadable)
      throws IOException {
    List<String> packs = writePacks();
    String stuck = packs.get(1);
    BadSectors bad = new BadSectors(unreadable ? disk : cold, stuck, unreadable);
    try (Engine engine = open(unreadable ? bad : disk, unreadable ? cold : bad, NO_MERGES)) {
      settle(engine);
      assertThat(SmallStore.files(disk, "packs/")).containsExactly(stuck);
      assertThat(SmallStore.files(cold, "packs/")).hasSize(packs.size() - 1);
      assertThat(engine.stats().packs().moved()).isEqualTo(packs.size() - 1);
      assertThat(engine.stats().packs().setAside()).isEqualTo(1);
      clock.advance(HOUR);
      settle(engine);
      assertThat(engine.stats().packs().setAside()).as("still bad").isEqualTo(1);
      bad.well = true;
      settle(engine);
      assertThat(SmallStore.files(disk, "packs/")).containsExactly(stuck);
      clock.advance(HOUR);
      settle(engine);
      assertThat(SmallStore.files(disk, "packs/")).isEmpty();
      assertThat(engine.stats().packs().setAside()).isZero();
    }
  }

  @Test
  void aRunThatCannotBeMergedIsLeftAloneForAnHourWhileOthersAre() throws IOException {
    String stuck = writePacks().get(1);
    BadSectors bad = new BadSectors(disk, stuck, true);
    try (Engine engine = open(bad, null, 4)) {
      settle(engine);
      assertThat(engine.stats().packs().merged()).isPositive();
      assertThat(engine.stats().packs().setAside()).isEqualTo(1);
      bad.well = true;
      settle(engine);
      assertThat(disk.files()).contains(stuck);
      clock.advance(HOUR);
      settle(engine);
      assertThat(disk.files()).doesNotContain(stuck);
      assertThat(engine.stats().packs().setAside()).isZero();
    }
  }

  @Test
  void mergesThatAlwaysFailDoNotKeepOldPacksFromMoving() throws IOException {
    List<String> packs = writePacks();
    Disk noNewPacks =
        new WrappedDisk(disk) {
          @Override
          public DiskFile create(String name) throws IOException {
            if (name.startsWith("packs/")) {
              throw new DiskFailedException("planned");
            }
            return super.create(name);
          }
        };
    try (Engine engine = open(noNewPacks, cold, 4)) {
      settle(engine);
      assertThat(engine.stats().packs().merged()).isZero();
      assertThat(SmallStore.files(cold, "packs/")).isEqualTo(packs);
    }
    try (Engine engine = open(disk, cold, 4)) {
      settle(engine);
      assertThat(engine.stats().packs().merged()).isPositive();
    }
  }

  /// Has a few descriptors for packs left, and then none until it is well.
  private static final class ScarceDisk extends WrappedDisk {
    private int left;
    private boolean well;

    ScarceDisk(Disk disk, int left) {
      super(disk);
      this.left = left;
    }

    @Override
    public DiskFile openForReading(String name) throws IOException {
      if (!well && name.startsWith("packs/") && left-- <= 0) {
        throw new ProcessExhaustedException("planned: too many open files");
      }
      return super.openForReading(name);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLackOfDescriptorsIsNotHeldAgainstAPackForAnHour(boolean moves) throws IOException {
    List<String> packs = writePacks();
    int halfWay = 0;
    int runs = 0;
    for (int left = 0; left < 6 * packs.size(); left += packs.size() / 4) {
      runs++;
      SimDisk data = disk.copy();
      ScarceDisk scarce = new ScarceDisk(data, left);
      Disk there = moves ? new SimDisk(left) : null;
      try (Engine engine = open(scarce, there, moves ? NO_MERGES : 4)) {
        settle(engine);
        assertThat(engine.stats().packs().setAside()).as("after %d", left).isZero();
        halfWay += SmallStore.files(data, "packs/").equals(packs) ? 0 : 1;
        scarce.well = true;
        settle(engine);
        assertThat(SmallStore.files(data, "packs/")).doesNotContainAnyElementsOf(packs);
      }
    }
    assertThat(halfWay).as("as a merge or a move is under way").isBetween(1, runs - 1);
  }

  @Test
  void aLackOfDescriptorsIsNotToldAsDamageToReaders() throws IOException {
    writePacks();
    String before;
    try (Engine engine = open(disk.copy(), null, NO_MERGES)) {
      before = readAll(engine);
    }
    ScarceDisk scarce = new ScarceDisk(disk.copy(), 0);
    try (Engine engine = open(scarce, null, NO_MERGES)) {
      assertThat(read(engine, 0, new CollectingSink())).isEqualTo(new Refusal.Exhausted());
      var selector = new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("t1"));
      assertThat(engine.deleteRecords(TOPIC, selector).join()).isEqualTo(new Refusal.Exhausted());
      scarce.well = true;
      assertThat(readAll(engine)).isEqualTo(before);
    }
  }

  private static Refusal.DataCorrupt firstRefusal(Engine engine) {
    long cursor = 0;
    while (true) {
      DiffResult answer = read(engine, cursor, new CollectingSink());
      if (answer instanceof Refusal.DataCorrupt refusal) {
        return refusal;
      }
      cursor = ((DiffResult.Page) answer).nextFromSeq();
    }
  }
}
