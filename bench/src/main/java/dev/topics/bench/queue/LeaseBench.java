package dev.topics.bench.queue;

import dev.topics.bench.load.SampleRecords;
import dev.topics.engine.Engine;
import dev.topics.engine.EngineOptions;
import dev.topics.engine.json.WriteBody;
import dev.topics.engine.model.AppendOptions;
import dev.topics.engine.model.AppendResult;
import dev.topics.engine.model.ClaimRequest;
import dev.topics.engine.model.ClaimedJobs;
import dev.topics.engine.model.LeaseRequest;
import dev.topics.engine.model.LeaseResult;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicType;
import dev.topics.engine.topic.Appender;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/// A queue in this JVM with many jobs in each state.
final class LeaseBench implements AutoCloseable {
  private static final TopicName QUEUE = new TopicName("q");
  private static final int BATCH = 1000;
  private static final int CLAIM = 8;
  private static final int LOOKS = 8;
  private static final long LOOK_MILLIS = 250;

  private final Path directory;
  private final Engine engine;
  private final Appender appender;
  private final double bytesPerReady;
  private final double bytesPerLeased;
  private final double bytesPerDelayed;

  LeaseBench(int ready, int leased, int delayed) throws IOException, InterruptedException {
    directory = Files.createTempDirectory("topics-bench-");
    engine = Engine.open(directory, EngineOptions.defaults());
    appender = engine.newAppender();
    engine.putTopic(QUEUE, config -> config.type(TopicType.QUEUE).leaseMillis(86_400_000)).join();
    fill(BATCH, "");
    long empty = usedBytes();
    fill(ready + leased, "");
    long filled = usedBytes();
    bytesPerReady = (filled - empty) / (double) (ready + leased);
    for (int i = 0; i < leased; i += BATCH) {
      claim(BATCH);
    }
    long held = usedBytes();
    bytesPerLeased = (held - filled) / (double) Math.max(1, leased);
    fill(delayed, ",\"delay_ms\":86400000");
    bytesPerDelayed = (usedBytes() - held) / (double) Math.max(1, delayed);
  }

  double bytesPerReady() {
    return bytesPerReady;
  }

  double bytesPerLeased() {
    return bytesPerLeased;
  }

  double bytesPerDelayed() {
    return bytesPerDelayed;
  }

  private void fill(int jobs, String fields) {
    String body = SampleRecords.batch(Math.min(BATCH, Math.max(1, jobs)), 100);
    byte[] json = body.replace("}}", "}" + fields + "}").getBytes(StandardCharsets.UTF_8);
    for (int filled = 0; filled < jobs; filled += BATCH) {
      if (!(appender.body().decode(json, 0, json.length) instanceof WriteBody.Accepted)) {
        throw new IllegalStateException("not a write: " + body);
      }
      if (!(appender.append(QUEUE, AppendOptions.NONE).join() instanceof AppendResult.Appended)) {
        throw new IllegalStateException("not appended");
      }
    }
  }

  private ClaimedJobs claim(int max) {
    ClaimRequest request = new ClaimRequest(QUEUE, "w", max, 0, false);
    if (engine.queues().claim(request).answer().join() instanceof ClaimedJobs jobs) {
      return jobs;
    }
    throw new IllegalStateException("not claimed");
  }

  /// Claims and acks; says how long that took.
  String claims(int count) {
    Histogram claimNanos = new Histogram(60_000_000_000L, 3);
    Histogram ackNanos = new Histogram(60_000_000_000L, 3);
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      ClaimedJobs jobs = claim(CLAIM);
      long claimed = System.nanoTime();
      LeaseResult acked =
          engine.queues().ack(new LeaseRequest(QUEUE, "w", jobs.seqs(), null)).join();
      ackNanos.recordValue(System.nanoTime() - claimed);
      claimNanos.recordValue(claimed - start);
      if (!(acked instanceof LeaseResult.Done done) || done.done().size() != jobs.size()) {
        throw new IllegalStateException("not acked: " + acked);
      }
    }
    return String.format(
        Locale.ROOT,
        "claim %d: p50 %.1f us p99 %.1f us max %.0f us; ack: p50 %.1f us p99 %.1f us",
        CLAIM,
        claimNanos.getValueAtPercentile(50) / 1e3,
        claimNanos.getValueAtPercentile(99) / 1e3,
        claimNanos.getMaxValue() / 1e3,
        ackNanos.getValueAtPercentile(50) / 1e3,
        ackNanos.getValueAtPercentile(99) / 1e3);
  }

  /// Bytes of the heap that are in use once the background has nothing to do any more: the least of
  /// several looks.
  private static long usedBytes() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < LOOKS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      Thread.sleep(LOOK_MILLIS);
    }
    return least;
  }

  @Override
  public void close() throws IOException {
    engine.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
