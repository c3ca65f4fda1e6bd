package dev.topics.bench.watch;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import dev.topics.bench.remote.WriteAck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// Writes as fast as they are acknowledged, until time is up: how many records a second get through
/// to all streams.
final class FloodRun {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private FloodRun() {}

  /// @param lagMax how many records the slowest stream may be behind before the writer waits
  static String run(
      InetSocketAddress server,
      Streams streams,
      String topic,
      Bytes body,
      Duration duration,
      long lagMax)
      throws IOException {
    AtomicBoolean writing = new AtomicBoolean(true);
    long[] delivered = new long[1];
    long[] head = new long[1];
    long start = System.nanoTime();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> write(server, topic, body, writing, head, delivered, lagMax));
    while (System.nanoTime() - start < duration.toNanos()) {
      streams.poll(10, false);
      synchronized (head) {
        delivered[0] = streams.slowest();
        head.notifyAll();
      }
    }
    writing.set(false);
    synchronized (head) {
      delivered[0] = Long.MAX_VALUE;
      head.notifyAll();
    }
    writer.join();
    long last = head[0];
    while (!streams.all(client -> client.toSeq() >= last)) {
      if (streams.poll(TIMEOUT.toMillis(), false) == 0) {
        throw new IOException("a stream did not get everything");
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return "%,.0f records/s written, %,.0f delivered to %d streams"
        .formatted(last / seconds, last * (double) streams.size() / seconds, streams.size());
  }

  private static void write(
      InetSocketAddress server,
      String topic,
      Bytes body,
      AtomicBoolean writing,
      long[] head,
      long[] delivered,
      long lagMax) {
    try (TopicsConnection connection = TopicsConnection.open(server, TIMEOUT)) {
      while (writing.get()) {
        WriteAck ack = connection.append(topic, body);
        synchronized (head) {
          head[0] = ack.lastSeq();
          while (ack.lastSeq() - delivered[0] > lagMax) {
            head.wait();
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
