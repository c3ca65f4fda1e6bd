package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.pack.PackOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// An engine with all its threads, one topic that somebody goes on writing, a clock that runs as
/// fast as is waited for, and everything that is logged.
final class LiveEngine implements AutoCloseable {
  static final TopicName TOPIC = new TopicName("t");

  private static final long STEP_NANOS = 100_000_000;
  private static final int ROOM_OF_A_FILE = 8 << 10;

  private final AtomicLong nanos = new AtomicLong();
  private final Log log = new Log();
  private final Engine engine;
  private final Appender appender;
  private long records;

  private final class Clock implements EngineClock {
    @Override
    public long wallMillis() {
      return 1_700_000_000_000L + nanos.get() / 1_000_000;
    }

    @Override
    public long nanos() {
      return nanos.get();
    }
  }

  private static final class Log extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.topics");

    private final @Nullable Level level = logger.getLevel();

    Log() {
      setContext(logger.getLoggerContext());
      start();
      logger.setLevel(Level.INFO);
      logger.setAdditive(false);
      logger.addAppender(this);
    }

    void end() {
      logger.detachAppender(this);
      logger.setAdditive(true);
      logger.setLevel(level);
    }

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
    }
  }

  /// @param cold null for none; with one, packs are not merged before they move there
  LiveEngine(Disk disk, @Nullable Disk cold) throws IOException {
    this(disk, cold, PackOptions.defaults());
  }

  LiveEngine(Disk disk, @Nullable Disk cold, PackOptions packs) throws IOException {
    EngineOptions options = EngineOptions.defaults();
    long before = engineThreads();
    engine =
        Engine.open(
            disk,
            options
                .withStore(options.store().withJournalFileBytes(ROOM_OF_A_FILE))
                .withPacks(packs.withMerges(cold == null ? 3 : 1000, 1 << 20))
                .withCold(cold == null ? null : ColdDisks.of(cold, 0))
                .withClock(new Clock()));
    appender = engine.newAppender();
    assertThat(engineThreads() - before).isEqualTo(8);
    engine.putTopic(TOPIC, ConfigPatch.NONE).join();
  }

  private static long engineThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("topics-"))
        .count();
  }

  Engine engine() {
    return engine;
  }

  void advance(Duration by) {
    nanos.addAndGet(by.toNanos());
  }

  long nanos() {
    return nanos.get();
  }

  CompletableFuture<AppendResult> startAppend() {
    String body = "{\"records\":[{\"data\":\"" + "x".repeat(500) + "\"}]}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    appender.body().decode(bytes, 0, bytes.length);
    return appender.append(TOPIC, AppendOptions.NONE);
  }

  void append() {
    assertThat(startAppend().orTimeout(60, TimeUnit.SECONDS).join())
        .isInstanceOf(AppendResult.Appended.class);
    records++;
  }

  /// Goes on writing, and lets time pass, until it is so.
  void await(String what, BooleanSupplier condition) {
    awaitIdle(
        what,
        () -> {
          append();
          return condition.getAsBoolean();
        });
  }

  /// Lets time pass until it is so.
  void awaitIdle(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s, after %s", what, log.lines).isLessThan(deadline);
      nanos.addAndGet(STEP_NANOS);
      LockSupport.parkNanos(5_000_000);
    }
  }

  boolean isTold(String what) {
    return log.lines.stream().anyMatch(line -> line.contains(what));
  }

  long timesTold(String what) {
    return log.lines.stream().filter(line -> line.contains(what)).count();
  }

  /// Reads all there is; returns how many records are told to be damaged.
  long damaged() {
    var reader = engine.newReader();
    DiffQuery query = new DiffQuery(0, 1000, NodeFilter.NONE, true, true, true, 0);
    long served = 0;
    long damaged = 0;
    boolean more = true;
    while (more) {
      switch (reader.diff(TOPIC, query, new CollectingSink())) {
        case DiffResult.Page page -> {
          assertThat(page.tombstone()).isNull();
          served += page.records();
          query = query.from(page.nextFromSeq());
          more = !page.caughtUp();
        }
        case Refusal.DataCorrupt corrupt -> {
          damaged += corrupt.gapTo() - corrupt.gapFrom() + 1;
          query = query.from(corrupt.gapTo());
        }
        case Refusal refusal -> throw new AssertionError(refusal.toString());
      }
    }
    assertThat(served + damaged).isEqualTo(records);
    return damaged;
  }

  /// What a disk fails to do is told; only what nobody expects counts as a defect.
  void assertNoDefects() {
    assertThat(engine.stats().failures()).as("defects, after %s", log.lines).isZero();
  }

  @Override
  public void close() throws IOException {
    try {
      engine.close();
    } finally {
      log.end();
    }
  }
}
