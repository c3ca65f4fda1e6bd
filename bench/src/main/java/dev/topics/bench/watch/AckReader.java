package dev.topics.bench.watch;

import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Waits for acks on a thread of its own, which is in `read` before a write goes out: whatever a
/// thread takes to start is no part of an ack.
final class AckReader {
  private static final long TIMEOUT_SECONDS = 60;

  private final TopicsConnection connection;
  private final BlockingQueue<Long> ackedNanos = new ArrayBlockingQueue<>(1);

  /// Reads acks until the connection is closed.
  AckReader(TopicsConnection connection) {
    this.connection = connection;
    Thread thread = new Thread(this::read, "acks");
    thread.setDaemon(true);
    thread.start();
  }

  private void read() {
    try {
      while (true) {
        connection.receiveAck();
        ackedNanos.put(System.nanoTime());
      }
    } catch (IOException e) {
      // Closed; whoever waits for an ack gives up after a while.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// When the next ack came.
  long await() throws IOException, InterruptedException {
    Long nanos = ackedNanos.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    if (nanos == null) {
      throw new IOException("a write was not acknowledged");
    }
    return nanos;
  }
}
