package dev.topics.bench.storage;

import dev.topics.engine.Engine;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.PackStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

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
  private final Histogram nanos = new ConcurrentHistogram(NANOS_MAX, 3);
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
      long writes = write(rig.engine(), names, warmUpSeconds);
      nanos.reset();
      PackStats before = rig.engine().stats().packs();
      writes += write(rig.engine(), names, seconds);
      PackStats packs = rig.engine().stats().packs();
      System.out.printf(
          Locale.ROOT,
          "append %s, %d a second of %d to %d topics: p50 %.2f ms  p99 %.2f ms  p99.9 %.2f ms"
              + "  max %.1f ms (%d); meanwhile %d packs written, %d merged%n",
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
          packs.merged() - before.merged());
      rig.settle();
      printBytes(rig.engine(), writes, bytesWritten() - writtenBefore);
    }
    if (failed.get() > 0) {
      throw new IOException(failed.get() + " appends failed");
    }
  }

  private void printBytes(Engine engine, long writes, long written) {
    double payload = (double) writes * batch * recordBytes;
    double logged = engine.stats().journal().bytesWritten();
    System.out.printf(
        Locale.ROOT,
        "written %,.0f MB: %.2f for each byte of data (%,.0f MB), %.2f for each byte of frames"
            + " (%,.0f MB)%n",
        written / 1e6,
        written / payload,
        payload / 1e6,
        written / logged,
        logged / 1e6);
  }

  /// Returns how many writes there were.
  private long write(Engine engine, List<TopicName> names, double forSeconds) {
    Appender appender = engine.newAppender();
    StorageRig.body(appender, Bodies.records(batch, recordBytes));
    long count = Math.round(perSecond * forSeconds);
    long interval = 1_000_000_000L / perSecond;
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long due = start + i * interval;
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      var _ =
          appender
              .append(names.get(i % topics), AppendOptions.NONE)
              .whenComplete((result, failure) -> note(result, due));
    }
    return count;
  }

  private void note(AppendResult result, long due) {
    nanos.recordValue(Math.clamp(System.nanoTime() - due, 0, NANOS_MAX));
    if (!(result instanceof AppendResult.Appended)) {
      failed.incrementAndGet();
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
