package dev.topics.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.Verification;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.NodeFilter;
import dev.topics.engine.model.PackStats;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.Backup;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.pack.PackOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups on the real disk while the threads of an engine pack, merge, make checkpoints and free
/// files, and others write: each is one moment of the store, between its begin and its end.
final class BackupUnderLoadTest {
  private static final int WRITERS = 3;
  private static final int BACKUPS = 3;
  private static final Pattern RECORD =
      Pattern.compile("\"\\$seq\":(\\d+),\"\\$ts\":\\d+,\"data\":\"(\\d+) ");

  @TempDir private Path directory;
  private volatile boolean done;

  /// One writer of one topic, and how far it has come; its numbers are its seqs.
  private static final class Writer {
    private final TopicName topic;
    private volatile long sent;
    private volatile long acked;

    Writer(int index) {
      topic = new TopicName("t" + index);
    }

    void append(Engine engine) {
      long number = sent + 1;
      sent = number;
      String data = number + " " + "x".repeat((int) (number % 300));
      byte[] body =
          ("{\"records\":[{\"data\":\"" + data + "\"}]}").getBytes(StandardCharsets.UTF_8);
      var appender = engine.newAppender();
      appender.body().decode(body, 0, body.length);
      assertThat(appender.append(topic, AppendOptions.NONE).join())
          .isInstanceOfSatisfying(
              AppendResult.Appended.class,
              appended -> assertThat(appended.firstSeq()).isEqualTo(number));
      acked = number;
    }
  }

  private static Engine open(Path directory) throws IOException {
    EngineOptions options = EngineOptions.defaults();
    return Engine.open(
        directory,
        options
            .withStore(options.store().withJournalFileBytes(64 << 10))
            .withPacks(PackOptions.defaults().withMerges(2, 100_000)));
  }

  @Test
  void whatIsRestoredIsOneMomentOfTheStore() throws Exception {
    List<Writer> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(new Writer(i));
    }
    try (Engine engine = open(directory.resolve("data"));
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<?>> writing = new ArrayList<>();
      for (Writer writer : writers) {
        writing.add(threads.submit(() -> write(engine, writer)));
      }
      try {
        for (int i = 1; i <= BACKUPS; i++) {
          awaitPacks(engine, writing, 2L * i, i == BACKUPS ? 1 : 0);
          backup(directory.resolve("copy" + i), writers);
        }
      } finally {
        done = true;
      }
      for (Future<?> writer : writing) {
        writer.get();
      }
    }
  }

  private void write(Engine engine, Writer writer) {
    while (!done) {
      writer.append(engine);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void awaitPacks(
      Engine engine, List<Future<?>> writing, long written, long merged) {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    PackStats packs = engine.stats().packs();
    for (; packs.written() < written || packs.merged() < merged; packs = engine.stats().packs()) {
      assertThat(writing).noneMatch(Future::isDone);
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void backup(Path copy, List<Writer> writers) throws IOException {
    List<Long> ackedBefore = writers.stream().map(writer -> writer.acked).toList();
    try (Disk source = FileDisk.at(directory.resolve("data"));
        FileDisk target = FileDisk.open(copy)) {
      var report = Backup.copy(source, target, Verification::frames);
      assertThat(report.copiedBytes()).isPositive();
    }
    List<Long> sentBefore = writers.stream().map(writer -> writer.sent).toList();
    try (Engine restored = open(copy)) {
      for (int i = 0; i < writers.size(); i++) {
        judge(restored, writers.get(i).topic, ackedBefore.get(i), sentBefore.get(i));
      }
    }
    assertThat(Verification.of(copy).isSound()).isTrue();
  }

  private static void judge(Engine restored, TopicName topic, long acked, long sent) {
    EngineOracle oracle = new EngineOracle(topic.value());
    for (long number = 1; number <= sent; number++) {
      oracle.sent(number);
      if (number <= acked) {
        oracle.acked(number, number, Durability.DISK);
      }
    }
    NavigableMap<Long, Long> live = new TreeMap<>();
    long cursor = 0;
    boolean caughtUp = false;
    while (!caughtUp) {
      CollectingSink sink = new CollectingSink();
      DiffQuery query = new DiffQuery(cursor, 1000, NodeFilter.NONE, false, true, true, 0);
      DiffResult.Page page = (DiffResult.Page) restored.newReader().diff(topic, query, sink);
      assertThat(page.tombstone()).isNull();
      Matcher records = RECORD.matcher(sink.text());
      while (records.find()) {
        live.put(Long.parseLong(records.group(1)), Long.parseLong(records.group(2)));
      }
      cursor = page.nextFromSeq();
      caughtUp = page.caughtUp();
    }
    oracle.recovered(live, List.of(), cursor, EngineOracle.Loss.NOTHING);
  }
}
