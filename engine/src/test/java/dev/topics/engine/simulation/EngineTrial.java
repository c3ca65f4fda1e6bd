package dev.topics.engine.simulation;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.PackStats;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TagMatch;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.journal.JournalOptions;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The life of one engine on a simulated disk: runs that append, delete, read, fail and crash, each
/// judged by the oracles when the next one recovers. The same seed lives the same life.
final class EngineTrial {
  private static final int FILE_BYTES = 8 << 10;
  private static final int RESTING_LIVES = 8;
  private static final Pattern RECORD =
      Pattern.compile("\\{\"\\$seq\":(\\d+),\"\\$ts\":\\d+,\"data\":(\\d+)\\}");

  private final SplittableRandom random;
  private final EngineFaults faults;
  private final UnaryOperator<Disk> wrapping;
  private final Consumer<Engine> sabotage;
  private final ManualClock clock = new ManualClock();
  private final Map<TopicName, EngineOracle> oracles = new HashMap<>();
  private final Map<TopicName, Durability> classes = new HashMap<>();
  private final Map<String, List<Long>> sentByKey = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final List<PackStats> packs = new ArrayList<>();
  private final boolean hasCold;
  private SimDisk disk;
  private SimDisk cold;
  private Engine engine;
  private boolean faulty;
  private boolean syncsFailed;
  private boolean closedCleanly;
  private EngineOracle.Loss loss = EngineOracle.Loss.NOTHING;
  private long lastNumber;

  private record Waiting(CompletableFuture<?> answer, List<Long> numbers, Runnable onAnswer) {}

  EngineTrial(long seed) {
    this(seed, EngineFaults::any);
  }

  EngineTrial(long seed, EngineFaults faults) {
    this(seed, faults, UnaryOperator.identity(), opened -> {});
  }

  /// @param wrapping what stands between the engine and the simulated disk
  /// @param sabotage what happens to the engine behind the back of the oracles
  EngineTrial(long seed, UnaryOperator<Disk> wrapping, Consumer<Engine> sabotage) {
    this(seed, EngineFaults::any, wrapping, sabotage);
  }

  private EngineTrial(
      long seed, EngineFaults faults, UnaryOperator<Disk> wrapping, Consumer<Engine> sabotage) {
    random = new SplittableRandom(seed);
    disk = new SimDisk(random.nextLong());
    cold = new SimDisk(random.nextLong());
    hasCold = random.nextBoolean();
    this.faults = faults;
    this.wrapping = wrapping;
    this.sabotage = sabotage;
    for (String name : List.of("a", "b", "c")) {
      oracles.put(new TopicName(name), new EngineOracle(name));
    }
  }

  void run(int runs) throws IOException {
    for (int i = 0; i < runs; i++) {
      faulty = faults.plan(disk, random);
      var _ = faulty && faults.plan(cold, random);
      live();
    }
    heal();
    faulty = false;
    Map<TopicName, String> first = lastLook();
    Map<TopicName, String> second = lastLook();
    EngineOracle.require(first.equals(second), "recovering twice differs: %s, %s", first, second);
    // Takes as long as all of a life.
    if (random.nextInt(RESTING_LIVES) == 0) {
      open();
      SteppedEngine.assertComesToRest(engine, clock, () -> {});
      judge();
      crashDisks(Crash.PROCESS);
    }
  }

  /// Whether the disk holds a file whose name starts so, when all is over.
  boolean hasFile(String prefix) {
    return disk.files().stream().anyMatch(name -> name.startsWith(prefix));
  }

  /// Adds up what was done to packs, in all runs.
  long packs(ToLongFunction<PackStats> what) {
    return packs.stream().mapToLong(what).sum();
  }

  private void heal() {
    disk.noFaults();
    cold.noFaults();
  }

  /// Whether something may fail: for faults of this run, or for a file that stays broken.
  private boolean mayFail() {
    return faulty || disk.isBroken() || cold.isBroken();
  }

  private static <T> T oneOf(T[] values, SplittableRandom random) {
    return values[random.nextInt(values.length)];
  }

  private void live() throws IOException {
    try {
      open();
    } catch (IOException e) {
      EngineOracle.require(mayFail(), "does not open: %s", e);
      syncsFailed = true;
      crash();
      return;
    }
    judge();
    for (int left = random.nextInt(50); left > 0; left--) {
      act();
      heed();
      EngineOracle.require(engine.stats().failures() == 0, "there were defects");
    }
    if (random.nextInt(4) == 0) {
      close();
    }
    crash();
  }

  private void open() throws IOException {
    JournalOptions journal =
        JournalOptions.defaults().withFileBytes(FILE_BYTES).withNanoClock(clock::nanos);
    engine =
        Engine.open(
            wrapping.apply(disk),
            EngineOptions.defaults()
                .withStore(new StoreOptions(journal, random))
                .withClock(clock)
                .withPacks(PackOptions.defaults().withChunks(300, 10).withMerges(2, 4000))
                .withCold(hasCold ? ColdDisks.of(cold, 3000) : null)
                .withBackground(false));
    sabotage.accept(engine);
  }

  private void close() {
    try {
      engine.close();
      heed();
      closedCleanly = true;
    } catch (IOException e) {
      EngineOracle.require(mayFail(), "does not close: %s", e);
      syncsFailed = true;
    }
  }

  private void crash() {
    Crash kind = random.nextBoolean() ? Crash.PROCESS : Crash.POWER;
    heed();
    waiting.clear();
    crashDisks(kind);
    if (!closedCleanly && (kind == Crash.POWER || syncsFailed)) {
      loss = EngineOracle.Loss.UNSYNCED;
      for (EngineOracle oracle : oracles.values()) {
        oracle.crashed(EngineOracle.Loss.UNSYNCED);
      }
    }
  }

  /// The disks go on as copies; nobody sees what the old engine does while it frees its memory.
  private void crashDisks(Crash kind) {
    disk = disk.crash(kind);
    cold = cold.crash(kind);
    if (engine != null) {
      packs.add(engine.stats().packs());
      try {
        engine.close();
      } catch (IOException deadDisk) {
        assert !deadDisk.toString().isEmpty();
      }
      engine = null;
    }
  }

  private void act() {
    TopicName topic = new TopicName(List.of("a", "b", "c").get(random.nextInt(3)));
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3, 4 -> append(topic);
      case 5 -> put(topic);
      case 6 -> deleteBefore(topic);
      case 7 -> deleteByTag(topic);
      case 8 -> clock.advance(random.nextInt(random.nextInt(3) == 0 ? 20_000 : 2000));
      case 9, 10 -> workInBackground();
      case 11 -> retry(topic);
      default -> read(topic);
    }
    if (engine.stats().journalState() == JournalState.FAILED) {
      syncsFailed = true;
    }
  }

  private void workInBackground() {
    int steps = random.nextInt(3) == 0 ? random.nextInt(25) : 1;
    for (int i = 0; i < steps; i++) {
      engine.step();
    }
  }

  private void append(TopicName topic) {
    List<Long> numbers = new ArrayList<>();
    int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 5);
    for (int i = 0; i < count; i++) {
      numbers.add(++lastNumber);
      oracles.get(topic).sent(lastNumber);
    }
    String key = random.nextInt(3) == 0 ? "k" + lastNumber : null;
    if (key != null) {
      sentByKey.put(topic + key, numbers);
    }
    send(topic, numbers, key);
  }

  /// Sends again what may have been sent before; it must not be there twice.
  private void retry(TopicName topic) {
    for (Map.Entry<String, List<Long>> entry : sentByKey.entrySet()) {
      if (entry.getKey().startsWith(topic.value()) && random.nextInt(3) == 0) {
        entry.getValue().forEach(oracles.get(topic)::sentAgain);
        send(topic, entry.getValue(), entry.getKey().substring(1));
        return;
      }
    }
  }

  private void send(TopicName topic, List<Long> numbers, String key) {
    StringBuilder body = new StringBuilder("{\"records\":[");
    for (long number : numbers) {
      body.append("{\"data\":").append(number);
      body.append(",\"tag\":\"").append(tag(number)).append("\"},");
    }
    body.setLength(body.length() - 1);
    body.append(key == null ? "]}" : "],\"idempotency_key\":\"" + key + "\"}");
    byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
    Appender appender = engine.newAppender();
    EngineOracle.require(
        appender.body().decode(bytes, 0, bytes.length) instanceof WriteBody.Accepted, "rejected");
    CompletableFuture<AppendResult> answer = appender.append(topic, AppendOptions.NONE);
    Durability durability = classes.getOrDefault(topic, Durability.DISK);
    waiting.add(
        new Waiting(
            answer,
            numbers,
            () -> {
              switch (answer.join()) {
                case AppendResult.Appended appended -> {
                  acked(oracles.get(topic), appended, numbers, durability);
                }
                case Refusal refusal -> refused(refusal);
                case AppendResult.TopicFull full -> throw unexpected(full);
                case AppendResult.LargerThanCap cap -> throw unexpected(cap);
              }
            }));
  }

  private static void acked(
      EngineOracle oracle,
      AppendResult.Appended appended,
      List<Long> numbers,
      Durability durability) {
    for (int i = 0; i < numbers.size(); i++) {
      long seq = appended.firstSeq() + i;
      if (appended.deduped()) {
        oracle.repeated(seq, numbers.get(i), durability);
      } else {
        oracle.acked(seq, numbers.get(i), durability);
      }
    }
  }

  private static String tag(long number) {
    return "t" + number % 3;
  }

  private static EngineOracle.Violated unexpected(Object answer) {
    return new EngineOracle.Violated("unexpected answer: " + answer);
  }

  private void refused(Refusal refusal) {
    EngineOracle.require(mayFail(), "refused without a fault: %s", refusal);
    syncsFailed |= refusal instanceof Refusal.StorageFailed;
  }

  private void put(TopicName topic) {
    Durability durability = oneOf(Durability.values(), random);
    var answer = engine.putTopic(topic, config -> config.durability(durability));
    waiting.add(
        new Waiting(
            answer,
            List.of(),
            () -> {
              switch (answer.join()) {
                case PutTopicResult.Put _ -> {
                  if (durability == Durability.FSYNC) {
                    oracles.get(topic).synced();
                  }
                }
                case PutTopicResult.TypeMismatch mismatch -> throw unexpected(mismatch);
                case Refusal refusal -> refused(refusal);
              }
            }));
    boolean refused = answer.isDone() && answer.join() instanceof Refusal;
    if (!refused) {
      classes.put(topic, durability);
    }
  }

  private void deleteBefore(TopicName topic) {
    TopicState state = engine.state(topic, false);
    if (state != null && !syncsFailed) {
      long before = 1 + random.nextLong(state.headSeq() + 2);
      delete(topic, new RecordSelector(before, null));
    }
  }

  private void deleteByTag(TopicName topic) {
    if (engine.state(topic, false) != null && !syncsFailed) {
      delete(
          topic,
          new RecordSelector(RecordSelector.ANY_SEQ, new TagMatch.Exact("t" + random.nextInt(3))));
    }
  }

  private void delete(TopicName topic, RecordSelector selector) {
    TagMatch match = selector.match();
    Set<Long> gone = new HashSet<>();
    readAll(topic).live().headMap(selector.beforeSeq(), false).values().stream()
        .filter(number -> match == null || match.matches(tag(number)))
        .forEach(gone::add);
    Set<Long> meant = new HashSet<>(gone);
    waiting.forEach(command -> meant.addAll(command.numbers()));
    oracles.get(topic).deleted(meant, false, Durability.DISK);
    Durability durability = classes.getOrDefault(topic, Durability.DISK);
    var answer = engine.deleteRecords(topic, selector);
    waiting.add(
        new Waiting(
            answer,
            List.of(),
            () -> {
              switch (answer.join()) {
                case DeleteRecordsResult.Deleted _ ->
                    oracles.get(topic).deleted(gone, true, durability);
                case Refusal refusal -> refused(refusal);
              }
            }));
  }

  private void read(TopicName topic) {
    if (engine.state(topic, false) == null || syncsFailed) {
      return;
    }
    readAll(topic).live().forEach((seq, number) -> oracles.get(topic).shown(seq, number));
  }

  /// Takes note of the answers that have come.
  private void heed() {
    List<Waiting> done = new ArrayList<>();
    for (Waiting command : waiting) {
      if (command.answer().isDone()) {
        command.onAnswer().run();
        done.add(command);
      }
    }
    waiting.removeAll(done);
  }

  private void judge() {
    long records = 0;
    long bytes = 0;
    for (Map.Entry<TopicName, EngineOracle> entry : oracles.entrySet()) {
      if (engine.state(entry.getKey(), false) == null) {
        entry.getValue().recovered(new TreeMap<>(), List.of(), 0, loss);
        classes.remove(entry.getKey());
        continue;
      }
      Content content = readAll(entry.getKey());
      entry.getValue().recovered(content.live(), content.gaps(), content.head(), loss);
      TopicState state = engine.state(entry.getKey(), false);
      classes.put(entry.getKey(), state.config().durability());
      records += state.count();
      bytes += state.bytes();
    }
    SteppedEngine.assertHolds(engine, records, bytes);
    loss = EngineOracle.Loss.NOTHING;
    syncsFailed = false;
    closedCleanly = false;
  }

  private Map<TopicName, String> lastLook() throws IOException {
    open();
    judge();
    Map<TopicName, String> content = new HashMap<>();
    for (TopicName topic : oracles.keySet()) {
      if (engine.state(topic, false) != null
          && engine.state(topic, false).config().durability() != Durability.EPHEMERAL) {
        Content found = readAll(topic);
        content.put(topic, found.live() + " " + found.head());
      }
    }
    crashDisks(Crash.PROCESS);
    return content;
  }

  /// A pack that could not be read is as it was written.
  private DiffResult readWithoutFaults(TopicName topic, DiffQuery query, CollectingSink sink) {
    heal();
    return engine.newReader().diff(topic, query, sink);
  }

  private record Content(NavigableMap<Long, Long> live, List<long[]> gaps, long head) {}

  private Content readAll(TopicName topic) {
    NavigableMap<Long, Long> live = new TreeMap<>();
    List<long[]> gaps = new ArrayList<>();
    long cursor = 0;
    long lastSeq = 0;
    var reader = engine.newReader();
    while (true) {
      CollectingSink sink = new CollectingSink();
      DiffQuery query = new DiffQuery(cursor, 7, NodeFilter.NONE, false, true, true, 0);
      DiffResult answer = reader.diff(topic, query, sink);
      if (answer instanceof Refusal.DataCorrupt && faulty) {
        answer = readWithoutFaults(topic, query, sink);
      }
      if (!(answer instanceof DiffResult.Page page)) {
        throw new EngineOracle.Violated(topic + " cannot be read from " + cursor + ": " + answer);
      }
      if (page.tombstone() != null) {
        gaps.add(new long[] {page.tombstone().gapFrom(), page.tombstone().gapTo()});
      }
      Matcher records = RECORD.matcher(sink.text());
      int found = 0;
      while (records.find()) {
        long seq = Long.parseLong(records.group(1));
        EngineOracle.require(seq > lastSeq, "%s: %d after %d", topic, seq, lastSeq);
        lastSeq = seq;
        live.put(seq, Long.parseLong(records.group(2)));
        found++;
      }
      EngineOracle.require(found == page.records(), "%s: garbled: %s", topic, sink.text());
      cursor = page.nextFromSeq();
      if (page.caughtUp()) {
        TopicState state = engine.state(topic, false);
        EngineOracle.require(
            state.count() == live.size(), "%s: %d, found %d", topic, state.count(), live.size());
        return new Content(live, gaps, page.headSeq());
      }
    }
  }
}
