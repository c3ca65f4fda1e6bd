package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Dump;
import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicReader;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A store of a few kilobytes that has everything a large one has: several journal files, packs of
/// several chunks, two checkpoints, deleted records in the middle, and an unpacked tail.
final class SmallStore {
  static final List<TopicName> TOPICS = List.of(new TopicName("a"), new TopicName("b"));

  private static final long SYNC_MILLIS = 60;

  /// So that a pack is written for each file of the journal, and none is merged.
  private static final long NO_RUN_IS_SMALL = 1;

  private static final Pattern SEQ = Pattern.compile("\\{\"\\$seq\":(\\d+),.*");

  private final ManualClock clock = new ManualClock();
  private final Size size;
  private final Engine engine;

  /// How much is in one.
  enum Size {
    /// As much as in the store that is committed.
    FIXTURE(120, 50, 300, SYNC_MILLIS),

    /// So little that something can be tried at each of its bytes: the pauses are long enough for
    /// journal files to be released.
    SWEEP(48, 15, 80, 6000);

    private final int appends;
    private final int round;
    private final String text;
    private final long pauseMillis;

    Size(int appends, int round, int textBytes, long pauseMillis) {
      this.appends = appends;
      this.round = round;
      this.text = "x".repeat(textBytes);
      this.pauseMillis = pauseMillis;
    }
  }

  /// What a reader of one topic gets.
  ///
  /// @param corrupt ranges that are told to be damaged
  record Content(NavigableMap<Long, String> records, List<Tombstone> lost, List<long[]> corrupt) {
    Content() {
      this(new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
    }

    /// Everything, to be compared.
    String text() {
      return records + " " + lost + " " + corrupt.stream().map(Arrays::toString).toList();
    }

    boolean isCorrupt(long seq) {
      return corrupt.stream().anyMatch(range -> range[0] <= seq && seq <= range[1]);
    }
  }

  private SmallStore(Size size, Disk disk, @Nullable Disk cold) throws IOException {
    this.size = size;
    engine = Engine.open(disk, options(clock, cold));
  }

  static EngineOptions options(ManualClock clock) {
    return options(clock, null);
  }

  private static EngineOptions options(ManualClock clock, @Nullable Disk cold) {
    return SteppedEngine.options(clock, 8 << 10, new SplittableRandom(1))
        .withPacks(PackOptions.defaults().withChunks(1000, 4).withMerges(8, NO_RUN_IS_SMALL))
        .withCold(cold == null ? null : ColdDisks.of(cold, 0));
  }

  /// Writes one to be swept, and cuts the power when all is durable.
  static SimDisk crashed() throws IOException {
    return crashed(null);
  }

  /// The same, with its packs in `cold`.
  static SimDisk crashed(@Nullable SimDisk cold) throws IOException {
    SimDisk disk = new SimDisk(1);
    new SmallStore(Size.SWEEP, disk, cold).write();
    return disk.crash(Crash.POWER);
  }

  /// Writes one and closes it.
  static SimDisk closed(Size size) throws IOException {
    SimDisk disk = new SimDisk(1);
    SmallStore store = new SmallStore(size, disk, null);
    store.write();
    store.engine.close();
    return disk.crash(Crash.POWER);
  }

  private void write() {
    await(engine.putTopic(TOPICS.getFirst(), ConfigPatch.NONE));
    await(engine.putTopic(TOPICS.getLast(), config -> config.durability(Durability.FSYNC)));
    for (int i = 0; i < size.appends; i++) {
      append(TOPICS.get(i % 2), i);
      if (i % size.round == size.round * 3 / 5) {
        delete("t1");
        idle(size.pauseMillis);
        delete("large" + i / size.round);
      }
    }
    for (int i = 0; i < 10; i++) {
      idle(size.pauseMillis);
    }
    // Long enough for the journal to note durably how far it is durable: no frame that is damaged
    // later can be taken for one that was being written.
    idle(SYNC_MILLIS);
  }

  private void delete(String tag) {
    var selector = new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact(tag));
    await(engine.deleteRecords(TOPICS.getFirst(), selector));
  }

  private void append(TopicName topic, int number) {
    String body =
        "{\"records\":[{\"data\":%d,\"tag\":\"t%d\"},{\"data\":\"%s\",\"tag\":\"large%d\"}]}"
            .formatted(number, number % 4 / 2, size.text, number / 8);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    await(appender.append(topic, AppendOptions.NONE));
  }

  private void await(CompletableFuture<?> answer) {
    var _ = SteppedEngine.await(engine, answer);
  }

  private void idle(long pauseMillis) {
    clock.advance(pauseMillis);
    for (int i = 0; i < 1000 && engine.step() > 0; i++) {
      clock.advance(1);
    }
  }

  /// What readers get from a store that opens.
  static Map<TopicName, Content> read(Disk disk) throws IOException {
    return read(disk, null);
  }

  /// The same with a cold directory.
  static Map<TopicName, Content> read(Disk disk, @Nullable Disk cold) throws IOException {
    Map<TopicName, Content> found = new HashMap<>();
    try (Engine engine = Engine.open(disk, options(new ManualClock(), cold))) {
      for (int i = 0; i < TOPICS.size(); i++) {
        TopicName topic = TOPICS.get(i);
        TopicName now = engine.find(topic) == null ? recovered(i) : topic;
        found.put(topic, engine.find(now) == null ? new Content() : read(engine, now));
      }
    }
    return found;
  }

  /// Deletes all records of a store by their tags, and asserts that these are those of `live`, and
  /// that no seq is given out again that there was in `before`.
  static void deleteAll(
      Disk disk, Map<TopicName, Content> before, Map<TopicName, Content> live, String what)
      throws IOException {
    var all = new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Prefix(""));
    try (Engine engine = Engine.open(disk, options(new ManualClock()))) {
      for (int i = 0; i < TOPICS.size(); i++) {
        TopicName topic = engine.find(TOPICS.get(i)) == null ? recovered(i) : TOPICS.get(i);
        if (engine.find(topic) != null) {
          var deleted = SteppedEngine.await(engine, engine.deleteRecords(topic, all));
          var answer = (DeleteRecordsResult.Deleted) deleted;
          int records = live.get(TOPICS.get(i)).records().size();
          assertThat(answer.deleted()).as("%s: deleted of %s", what, topic).isEqualTo(records);
          assertThat(answer.count()).as("%s: left of %s", what, topic).isZero();
          assertThat(answer.bytes()).as("%s: bytes left of %s", what, topic).isZero();
          assertThat(answer.headSeq())
              .as("%s: head of %s", what, topic)
              .isGreaterThanOrEqualTo(before.get(TOPICS.get(i)).records().lastKey());
        }
      }
    }
  }

  private static Content read(Engine engine, TopicName topic) {
    Content content = new Content();
    TopicReader reader = engine.newReader();
    DiffQuery query = new DiffQuery(0, 1, NodeFilter.NONE, true, true, true, 0);
    boolean more = true;
    while (more) {
      CollectingSink sink = new CollectingSink();
      switch (reader.diff(topic, query, sink)) {
        case DiffResult.Page page -> {
          addTo(content, page.tombstone());
          if (page.records() > 0) {
            addTo(content, sink.text());
          }
          query = query.from(page.nextFromSeq());
          more = !page.caughtUp();
        }
        case Refusal.DataCorrupt corrupt -> {
          content.corrupt().add(new long[] {corrupt.gapFrom(), corrupt.gapTo()});
          query = query.from(corrupt.gapTo());
        }
        case Refusal refusal -> throw new AssertionError(topic + ": " + refusal);
      }
    }
    return content;
  }

  /// What a dump gives of a store, damaged or not.
  static Map<TopicName, Content> dump(Disk disk) throws IOException {
    Map<TopicName, Content> found = new HashMap<>();
    TOPICS.forEach(topic -> found.put(topic, new Content()));
    Dump.of(
        disk,
        List.of(),
        new Dump.Receiver() {
          @Override
          public void record(TopicName topic, String json) {
            addTo(found.get(original(topic)), json);
          }

          @Override
          public void lost(TopicName topic, Tombstone tombstone) {
            addTo(found.get(original(topic)), tombstone);
          }

          @Override
          public void damage(String what) {
            assertThat(what).isNotEmpty();
          }

          @Override
          public void note(String what) {
            assertThat(what).isNotEmpty();
          }
        });
    return found;
  }

  private static void addTo(Content content, String json) {
    Matcher seq = SEQ.matcher(json);
    assertThat(seq.matches()).as(json).isTrue();
    content.records().put(Long.valueOf(seq.group(1)), json);
  }

  private static void addTo(Content content, Tombstone tombstone) {
    if (tombstone != null) {
      content.lost().add(tombstone);
    }
  }

  private static TopicName recovered(int i) {
    return new TopicName("recovered-" + (i + 1));
  }

  /// A topic whose creation was lost is named by its id.
  static TopicName original(TopicName found) {
    return switch (found.value()) {
      case "recovered-1" -> TOPICS.get(0);
      case "recovered-2" -> TOPICS.get(1);
      default -> found;
    };
  }

  static List<String> files(SimDisk disk, String prefix) {
    return disk.files().stream().filter(name -> name.startsWith(prefix)).sorted().toList();
  }

  /// The same with the contents of two files of one directory exchanged.
  static SimDisk exchanged(SimDisk disk, String one, String other) throws IOException {
    SimDisk changed = disk.copy();
    String aside = one + ".aside";
    changed.rename(one, aside);
    changed.rename(other, one);
    changed.rename(aside, other);
    changed.syncDirectory(one.substring(0, Math.max(0, one.indexOf('/'))));
    return changed;
  }
}
