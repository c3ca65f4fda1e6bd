package dev.topics.bench.watch;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
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
      throws IOException, InterruptedException {
    try (TopicsConnection writer = TopicsConnection.open(server, TIMEOUT)) {
      AckReader reader = new AckReader(writer);
      for (int i = 0; i < writes; i++) {
        String topic = topics.get(i % topics.size());
        pause(streams, pauseMillis);
        write(writer, reader, streams, topic, body);
      }
    }
  }

  private static void pause(Streams streams, long millis) throws IOException {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = millis; left > 0; left = (until - System.nanoTime()) / 1_000_000) {
      streams.poll(left, true);
    }
  }

  private void write(
      TopicsConnection writer, AckReader reader, Streams streams, String topic, Bytes body)
      throws IOException, InterruptedException {
    long expected = streams.events() + streams.size();
    long start = System.nanoTime();
    streams.time(deliveries, start);
    writer.sendAppend(topic, body);
    while (streams.events() < expected) {
      if (streams.poll(TIMEOUT.toMillis(), true) == 0) {
        throw new IOException(
            "%d of %d streams got nothing".formatted(expected - streams.events(), streams.size()));
      }
    }
    last.recordValue(System.nanoTime() - start);
    acks.recordValue(reader.await() - start);
  }

  /// What streams saw.
  String deliveries() {
    return "delivery p50 %s p99 %s · last stream p50 %s p99 %s"
        .formatted(
            millis(deliveries, 50), millis(deliveries, 99), millis(last, 50), millis(last, 99));
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
