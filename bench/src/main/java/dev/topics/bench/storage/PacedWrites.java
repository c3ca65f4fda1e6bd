package dev.topics.bench.storage;

import dev.topics.engine.Engine;
import dev.topics.engine.EngineStats;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.PackStats;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Appends at a fixed pace to several topics in turn, each timed from when it was due, while what
/// they write is packed, merged and checkpointed; and what the process wrote for it.
final class PacedWrites {
  private static final long NANOS_MAX = 60_000_000_000L;

  private final int topics;
  private final int perSecond;
  private final int batch;
  private final int recordBytes;
  private final Durability durability;
  private final double warmUpSeconds;
  private final double seconds;
  private final AtomicLong failed = new AtomicLong();

  PacedWrites(
      int topics,
      int perSecond,
      int batch,
      int recordBytes,
      Durability durability,
      double warmUpSeconds,
      double seconds) {
    this.topics = topics;
    this.perSecond = perSecond;
    this.batch = batch;
    this.recordBytes = recordBytes;
    this.durability = durability;
    this.warmUpSeconds = warmUpSeconds;
    this.seconds = seconds;
  }

  void run(StorageOptions options) throws IOException, InterruptedException {
    long writtenBefore = bytesWritten();
    try (StorageRig rig = StorageRig.open(options)) {
      List<TopicName> names = new ArrayList<>();
      for (int i = 0; i < topics; i++) {
        names.add(rig.newTopic("t" + i, durability));
      }
      Answers warmUp = new Answers(perSecond, warmUpSeconds);
      write(rig.engine(), names, warmUp);
      PackStats before = rig.engine().stats().packs();
      long checkpointsBefore = rig.engine().stats().checkpoints().written();
      long writtenInWarmUp = bytesWritten();
      Answers measured = new Answers(perSecond, seconds);
      write(rig.engine(), names, measured);
      Histogram nanos = measured.awaited();
      PackStats packs = rig.engine().stats().packs();
      long checkpoints = rig.engine().stats().checkpoints().written() - checkpointsBefore;
      long writtenMeanwhile = bytesWritten() - writtenInWarmUp;
      System.out.printf(
          Locale.ROOT,
          "append %s, %d a second of %d to %d topics: p50 %.2f ms  p99 %.2f ms  p99.9 %.2f ms"
              + "  max %.1f ms (%d); meanwhile %d packs written, %d merged, %d checkpoints,"
              + " %.2f bytes written for each of data%n",
          durability,
          perSecond,
          batch,
          topics,
          nanos.getValueAtPercentile(50) / 1e6,
          nanos.getValueAtPercentile(99) / 1e6,
          nanos.getValueAtPercentile(99.9) / 1e6,
          nanos.getMaxValue() / 1e6,
          nanos.getTotalCount(),
          packs.written() - before.written(),
          packs.merged() - before.merged(),
          checkpoints,
          writtenMeanwhile / payload(measured.count));
      rig.settle();
      double payload = payload(warmUp.count + measured.count);
      printBytes(rig.engine().stats(), payload, bytesWritten() - writtenBefore);
    }
    if (failed.get() > 0) {
      throw new IOException(failed.get() + " appends failed");
    }
  }

  private double payload(long writes) {
    return (double) writes * batch * recordBytes;
  }

  /// What the engine cannot account for is directories, and what a file system keeps for itself,
  /// less what was deleted before it was written.
  private static void printBytes(EngineStats engine, double payload, long written) {
    long frames = engine.journal().bytesWritten();
    long prepared = engine.journal().bytesPrepared();
    long packs = engine.packs().bytesWritten();
    long merged = engine.packs().bytesMerged();
    long checkpoints = engine.checkpoints().bytesWritten();
    System.out.printf(
        Locale.ROOT,
        "written %,.0f MB, for each byte of data (%,.0f MB): %.2f = frames %.2f"
            + " + files made ready %.2f + packs %.2f + merges %.2f + checkpoints %.2f"
            + " + the rest %.2f%n",
        written / 1e6,
        payload / 1e6,
        written / payload,
        frames / payload,
        prepared / payload,
        packs / payload,
        merged / payload,
        checkpoints / payload,
        (written - frames - prepared - packs - merged - checkpoints) / payload);
  }

  private void write(Engine engine, List<TopicName> names, Answers answers) {
    Appender appender = engine.newAppender();
    StorageRig.body(appender, Bodies.records(batch, recordBytes));
    long interval = 1_000_000_000L / perSecond;
    long start = System.nanoTime();
    for (int i = 0; i < answers.count; i++) {
      long due = start + i * interval;
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      var _ =
          appender
              .append(names.get(i % topics), AppendOptions.NONE)
              .whenComplete((result, failure) -> answers.note(result, due));
    }
  }

  /// The answers to a stretch of writes. Those of the warm-up may come when it is over: they are
  /// none of what is measured.
  private final class Answers {
    final int count;
    private final Histogram nanos = new ConcurrentHistogram(NANOS_MAX, 3);
    private final CountDownLatch missing;

    Answers(int perSecond, double forSeconds) {
      count = Math.toIntExact(Math.round(perSecond * forSeconds));
      missing = new CountDownLatch(count);
    }

    void note(@Nullable AppendResult result, long due) {
      nanos.recordValue(Math.clamp(System.nanoTime() - due, 0, NANOS_MAX));
      if (!(result instanceof AppendResult.Appended)) {
        failed.incrementAndGet();
      }
      missing.countDown();
    }

    /// How long each took, once the last is there: it may be the slowest.
    Histogram awaited() throws IOException, InterruptedException {
      if (!missing.await(NANOS_MAX, TimeUnit.NANOSECONDS)) {
        throw new IOException(missing.getCount() + " appends were not answered");
      }
      return nanos;
    }
  }

  /// Bytes that this process had the kernel write to disks; 0 where nobody knows.
  private static long bytesWritten() throws IOException {
    Path facts = Path.of("/proc/self/io");
    if (!Files.isReadable(facts)) {
      return 0;
    }
    for (String line : Files.readAllLines(facts)) {
      if (line.startsWith("write_bytes: ")) {
        return Long.parseLong(line.substring(line.indexOf(' ') + 1));
      }
    }
    return 0;
  }
}
