package dev.topics.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Drives some of the connections from one thread with one selector.
final class LoadThread implements Runnable {
  /// Enough for an answer of a thousand records in one read.
  private static final int SCRATCH_BYTES = 512 * 1024;

  private static final long SELECT_MILLIS = 50;

  private final Selector selector;
  private final Supplier<Phase> phase;
  private final LoadMeter meter = new LoadMeter();
  private final List<LoadConnection> connections = new ArrayList<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
  private long measuredFromBytes;
  private long measuredBytes;
  private volatile boolean hasMeasured;
  private volatile @Nullable Exception failure;

  LoadThread(Selector selector, Supplier<Phase> phase) {
    this.selector = selector;
    this.phase = phase;
  }

  Selector selector() {
    return selector;
  }

  void add(LoadConnection connection) {
    connections.add(connection);
  }

  @Override
  public void run() {
    try {
      long startNanos = System.nanoTime();
      for (LoadConnection connection : connections) {
        connection.start(startNanos);
      }
      loop();
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
  }

  private void loop() throws IOException {
    Phase last = Phase.WARM_UP;
    while (last != Phase.OVER) {
      selector.select(SELECT_MILLIS);
      for (SelectionKey key : selector.selectedKeys()) {
        ((LoadConnection) key.attachment()).ready(scratch, meter);
      }
      selector.selectedKeys().clear();
      if (last == Phase.MEASURE && !hasMeasured) {
        hasMeasured = anyMeasured();
      }
      Phase now = phase.get();
      if (now != last) {
        enter(now);
        last = now;
      }
    }
  }

  private boolean anyMeasured() {
    return meter.latencyNanos().getTotalCount() > 0
        && connections.stream().allMatch(connection -> connection.answers().any());
  }

  private void enter(Phase now) {
    meter.measuring(now == Phase.MEASURE);
    long bytes = 0;
    for (LoadConnection connection : connections) {
      bytes += connection.sentBytes() + connection.answers().bytes();
    }
    if (now == Phase.MEASURE) {
      measuredFromBytes = bytes;
    } else {
      measuredBytes = bytes - measuredFromBytes;
    }
  }

  /// Whether there is something to tell of: answers in the measured time, and one of each
  /// connection; or nothing more to come.
  boolean isDone() {
    return hasMeasured || failure != null;
  }

  /// What ended the thread early, if anything did.
  @Nullable Exception failure() {
    return failure;
  }

  LoadMeter meter() {
    return meter;
  }

  /// Bytes sent and received within the measured time.
  long measuredBytes() {
    return measuredBytes;
  }

  List<LoadConnection> connections() {
    return connections;
  }
}
