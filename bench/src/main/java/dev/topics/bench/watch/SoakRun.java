package dev.topics.bench.watch;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// Writers, streams, and clients whose connections break and come back, all at once and for long.
///
/// The first fifth is warm-up: what a server takes to get going is no growth. After it memory may
/// grow by a quarter and 32 MiB at most, and descriptors by a few.
final class SoakRun {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int REPORTS = 10;
  private static final long REOPEN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long SLACK_BYTES = 32 << 20;
  private static final int SLACK_DESCRIPTORS = 20;
  private static final int SETTLE_LOOKS = 100;
  private static final long SETTLE_MILLIS = 100;

  private final InetSocketAddress server;
  private final long pid;
  private final List<String> topics;
  private final Bytes body;

  SoakRun(InetSocketAddress server, long pid, List<String> topics, Bytes body) {
    this.server = server;
    this.pid = pid;
    this.topics = topics;
    this.body = body;
  }

  /// Returns whether something grew.
  boolean run(int count, Duration duration) throws IOException, InterruptedException {
    AtomicBoolean writing = new AtomicBoolean(true);
    CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(writing));
    long baseBytes = 0;
    long baseDescriptors = 0;
    long lastBytes = 0;
    long lastDescriptors = 0;
    try (Streams streams = new Streams(server, count, topics)) {
      for (int i = 1; i <= REPORTS; i++) {
        follow(streams, duration.dividedBy(REPORTS));
        lastBytes = ProcessFacts.residentBytes(pid);
        lastDescriptors = ProcessFacts.descriptors(pid);
        System.out.printf(
            "%3d %%: %,d KiB resident, %d descriptors%n",
            100 * i / REPORTS, lastBytes >> 10, lastDescriptors);
        if (i == REPORTS / 5) {
          baseBytes = lastBytes;
          baseDescriptors = lastDescriptors;
        }
      }
    } finally {
      writing.set(false);
      writer.join();
    }
    // A busy server may not have closed yet what its clients have left.
    for (int i = 0; i < SETTLE_LOOKS && lastDescriptors > baseDescriptors; i++) {
      Thread.sleep(SETTLE_MILLIS);
      lastDescriptors = ProcessFacts.descriptors(pid);
    }
    boolean grew =
        lastBytes > baseBytes + baseBytes / 4 + SLACK_BYTES
            || lastDescriptors > baseDescriptors + SLACK_DESCRIPTORS;
    System.out.println(grew ? "something grew" : "nothing grew");
    return grew;
  }

  private static void follow(Streams streams, Duration duration) throws IOException {
    long start = System.nanoTime();
    long reopened = start;
    while (System.nanoTime() - start < duration.toNanos()) {
      streams.poll(5, false);
      if (System.nanoTime() - reopened > REOPEN_NANOS) {
        reopened = System.nanoTime();
        streams.reopenOldest();
      }
    }
  }

  private void write(AtomicBoolean writing) {
    try (TopicsConnection connection = TopicsConnection.open(server, TIMEOUT)) {
      for (int i = 0; writing.get(); i++) {
        connection.append(topics.get(i % topics.size()), body);
        LockSupport.parkNanos(WRITE_NANOS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
