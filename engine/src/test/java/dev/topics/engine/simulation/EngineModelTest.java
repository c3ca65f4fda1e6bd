package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.pack.PackOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random commands against an engine and a naive model, which must agree after each, across clean
/// restarts too.
final class EngineModelTest {
  private static final TopicName TOPIC = new TopicName("t");
  private static final List<String> NODES = List.of("n1", "n2");

  @TempDir Path directory;

  private final ManualClock clock = new ManualClock();
  private Engine engine;
  private NaiveTopic model;
  private long latest;
  private Random random;

  static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    for (long seed = 1; seed <= 60; seed++) {
      seeds.add(seed);
    }
    return seeds;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void engineAndModelAgree(long seed) throws Exception {
    random = new Random(seed);
    open();
    Durability durability =
        List.of(Durability.DISK, Durability.FSYNC, Durability.MEMORY).get(random.nextInt(3));
    put(builder -> builder.durability(durability));
    try {
      for (int i = 0; i < 150; i++) {
        operate();
        compare();
      }
      SteppedEngine.assertComesToRest(engine, clock, () -> model.expire(now()));
      compare();
    } finally {
      engine.close();
    }
  }

  private void open() throws Exception {
    StoreOptions store = StoreOptions.defaults().withJournalFileBytes(8 << 10);
    PackOptions packs = PackOptions.defaults().withChunks(500, 20).withMerges(3, 600);
    engine =
        Engine.open(
            FileDisk.open(directory),
            EngineOptions.defaults()
                .withStore(store)
                .withPacks(packs)
                .withClock(clock)
                .withBackground(false));
  }

  private void operate() throws Exception {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> append();
      case 5 -> clock.advance(random.nextInt(2000));
      case 6 -> clock.step(random.nextInt(2000) - 1000);
      case 7 -> deleteBefore();
      case 8 -> deleteByTag();
      case 9 -> reconfigure();
      case 10 -> {
        for (int i = random.nextInt(20); i >= 0; i--) {
          engine.step();
        }
      }
      default -> {
        if (random.nextInt(4) == 0 && clock.wallMillis() == now()) {
          engine.close();
          open();
        }
      }
    }
  }

  private void append() throws Exception {
    int count = 1 + random.nextInt(8);
    long ts = Math.max(model.lastTs, now());
    List<NaiveTopic.Stored> records = new ArrayList<>();
    StringBuilder body = new StringBuilder("{\"records\":[");
    for (int i = 0; i < count; i++) {
      String node = random.nextInt(3) == 0 ? "n" + random.nextInt(4) : null;
      String tag = random.nextInt(2) == 0 ? "tag-" + random.nextInt(5) : null;
      String meta = random.nextInt(3) == 0 ? "{\"k\":\"v\"}" : null;
      String data = "\"" + "x".repeat(random.nextInt(40)) + "\"";
      body.append(i == 0 ? "{" : ",{").append("\"data\": ").append(data);
      body.append(node == null ? "" : ",\"node\":\"" + node + "\"");
      body.append(tag == null ? "" : ",\"tag\":\"" + tag + "\"");
      body.append(meta == null ? "" : ", \"meta\" : " + meta).append('}');
      records.add(new NaiveTopic.Stored(model.head + 1 + i, ts, node, tag, meta, data));
    }
    byte[] bytes = body.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    var appender = engine.newAppender();
    assertThat(appender.body().decode(bytes, 0, bytes.length))
        .isInstanceOf(WriteBody.Accepted.class);
    AppendResult result = await(appender.append(TOPIC, AppendOptions.NONE));
    assertThat(result).isInstanceOf(AppendResult.Appended.class);
    assertThat(((AppendResult.Appended) result).firstSeq()).isEqualTo(model.head + 1);
    model.append(records, now());
  }

  private void deleteBefore() throws Exception {
    long before = 1 + random.nextLong(model.head + 2);
    deleted(new RecordSelector(before, null), model.delete(record -> record.seq() < before));
  }

  private void deleteByTag() throws Exception {
    TagMatch match =
        random.nextInt(4) == 0
            ? new TagMatch.Prefix("tag-")
            : new TagMatch.Exact("tag-" + random.nextInt(5));
    long before = random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextLong(model.head + 2);
    model.expire(now());
    deleted(
        new RecordSelector(before, match),
        model.delete(record ->
            record.seq() < before && record.tag() != null && match.matches(record.tag())));
  }

  private void deleted(RecordSelector selector, long expected) throws Exception {
    var result = (DeleteRecordsResult.Deleted) await(engine.deleteRecords(TOPIC, selector));
    model.expire(now());
    assertThat(result.count()).isEqualTo(model.live.size());
    assertThat(result.deleted()).isLessThanOrEqualTo(expected);
  }

  private void reconfigure() throws Exception {
    model.expire(now());
    long capRecords = random.nextBoolean() ? 0 : 1 + random.nextInt(40);
    long capBytes = random.nextBoolean() ? 0 : 200 + random.nextInt(1000);
    long ttl = random.nextBoolean() ? 0 : 500 + random.nextInt(3000);
    put(builder -> builder.capRecords(capRecords).capBytes(capBytes).ttlMillis(ttl));
  }

  private void put(ConfigPatch patch) throws Exception {
    var put = (PutTopicResult.Put) await(engine.putTopic(TOPIC, patch));
    if (model == null) {
      model = new NaiveTopic(TopicConfig.DEFAULT);
    }
    model.config = put.config();
    model.evictByCaps();
    model.expire(now());
  }

  private void compare() {
    model.expire(now());
    TopicState state = engine.state(TOPIC, false);
    assertThat(state).isNotNull();
    assertThat(state.count()).isEqualTo(model.live.size());
    assertThat(state.bytes()).isEqualTo(model.bytes());
    assertThat(state.headSeq()).isEqualTo(model.head);
    assertThat(state.earliestSeq()).isEqualTo(model.earliest());
    DiffQuery query =
        new DiffQuery(
            random.nextLong(model.head + 3),
            1 + random.nextInt(30),
            random.nextInt(3) == 0 ? NodeFilter.of(NODES) : NodeFilter.NONE,
            random.nextBoolean(),
            random.nextInt(4) > 0,
            random.nextInt(4) > 0,
            0);
    CollectingSink sink = new CollectingSink();
    var page = (DiffResult.Page) engine.newReader().diff(TOPIC, query, sink);
    List<String> nodes = query.nodes().isEmpty() ? List.of() : NODES;
    NaiveTopic.Page expected = model.diff(query, nodes);
    assertThat(sink.text()).isEqualTo(String.join(",", expected.records()));
    assertThat(page.records()).isEqualTo(expected.records().size());
    assertThat(page.headSeq()).isEqualTo(expected.head());
    assertThat(page.earliestSeq()).isEqualTo(expected.earliest());
    String gap =
        page.tombstone() == null ? "" : page.tombstone().gapFrom() + "-" + page.tombstone().gapTo();
    assertThat(gap).isEqualTo(expected.gap());
    if (expected.next() >= 0) {
      assertThat(page.nextFromSeq()).isEqualTo(expected.next());
      assertThat(page.caughtUp()).isTrue();
    }
  }

  /// The latest time the engine can have seen.
  private long now() {
    latest = Math.max(latest, clock.wallMillis());
    return latest;
  }

  private <R> R await(CompletableFuture<R> future) throws Exception {
    while (!future.isDone()) {
      engine.step();
    }
    return future.get();
  }
}
