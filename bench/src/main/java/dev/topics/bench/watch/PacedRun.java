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
import org.HdrHistogram.Histogram;

/// One write at a time: how long until it is acknowledged, and until each stream has it.
///
/// Both are timed from just before the write is sent, by the thread that reads the streams; another
/// one waits for acks. The next write goes out a while after the last stream has the one before.
final class PacedRun {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Histogram acks = new Histogram(3);
  private final Histogram deliveries = new Histogram(3);
  private final Histogram last = new Histogram(3);

  /// @param pauseMillis between the last delivery of a write and the next write
  void run(
      InetSocketAddress server,
      Streams streams,
      List<String> topics,
      Bytes body,
      int writes,
      long pauseMillis)
      throws IOException {
    try (TopicsConnection writer = TopicsConnection.open(server, TIMEOUT)) {
      for (int i = 0; i < writes; i++) {
        String topic = topics.get(i % topics.size());
        pause(streams, pauseMillis);
        write(writer, streams, topic, body);
      }
    }
  }

  private static void pause(Streams streams, long millis) throws IOException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis; left > 0; left = (until - System.nanoTime()) / 1_000_000) {
      streams.poll(left, true);
    }
  }

  private void write(TopicsConnection writer, Streams streams, String topic, Bytes body)
      throws IOException {
    long expected = streams.events() + streams.size();
    CompletableFuture<Long> ackedNanos =
        CompletableFuture.supplyAsync(() -> {
          try {
            writer.receiveAck();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return System.nanoTime();
        });
    long start = System.nanoTime();
    writer.sendAppend(topic, body);
    long before = streams.events();
    long arrived = 0;
    while (before + arrived < expected) {
      if (streams.poll(TIMEOUT.toMillis(), true) == 0) {
        throw new IOException(
            "%d of %d streams got nothing".formatted(expected - before - arrived, streams.size()));
      }
      long now = System.nanoTime() - start;
      long newer = streams.events() - before - arrived;
      if (newer > 0) {
        deliveries.recordValueWithCount(now, newer);
        arrived += newer;
      }
    }
    last.recordValue(System.nanoTime() - start);
    acks.recordValue(ackedNanos.join() - start);
  }

  String report() {
    return "ack p50 %s p99 %s max %s · delivery p50 %s p99 %s · last stream p50 %s max %s"
        .formatted(
            millis(acks, 50),
            millis(acks, 99),
            millis(acks, 100),
            millis(deliveries, 50),
            millis(deliveries, 99),
            millis(last, 50),
            millis(last, 100));
  }

  static String millis(Histogram times, double percentile) {
    return "%.2f ms".formatted(times.getValueAtPercentile(percentile) / 1e6);
  }
}
