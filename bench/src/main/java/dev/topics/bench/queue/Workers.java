package dev.topics.bench.queue;

import dev.topics.bench.remote.CpuClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// Workers that claim and ack as fast as they can, each on a connection of its own, all on the
/// thread that runs them.
final class Workers {
  private static final long SELECT_MILLIS = 50;

  private final InetSocketAddress server;
  private final String queue;
  private final int count;
  private final int batch;

  Workers(InetSocketAddress server, String queue, int count, int batch) {
    this.server = server;
    this.queue = queue;
    this.count = count;
    this.batch = batch;
  }

  /// Works until the queue is empty, at most for `measured`.
  WorkResult run(Duration measured, long serverPid) throws IOException {
    List<WorkerConnection> workers = new ArrayList<>();
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < count; i++) {
        workers.add(WorkerConnection.open(server, selector, queue, "w" + i, batch));
      }
      return measure(workers, selector, measured, serverPid);
    } finally {
      for (WorkerConnection worker : workers) {
        worker.close();
      }
    }
  }

  private static WorkResult measure(
      List<WorkerConnection> workers, Selector selector, Duration measured, long serverPid)
      throws IOException {
    long driverPid = ProcessHandle.current().pid();
    long driverMicros = CpuClock.usedMicros(driverPid);
    long serverMicros = CpuClock.usedMicros(serverPid);
    long start = System.nanoTime();
    for (WorkerConnection worker : workers) {
      worker.claim();
    }
    drive(workers, selector, start + measured.toNanos());
    double seconds = (System.nanoTime() - start) / 1e9;
    driverMicros = CpuClock.usedMicros(driverPid) - driverMicros;
    serverMicros = CpuClock.usedMicros(serverPid) - serverMicros;
    Histogram claimNanos = workers.getFirst().claimNanos();
    Histogram ackNanos = workers.getFirst().ackNanos();
    long jobs = workers.getFirst().acked();
    for (WorkerConnection worker : workers.subList(1, workers.size())) {
      claimNanos.add(worker.claimNanos());
      ackNanos.add(worker.ackNanos());
      jobs += worker.acked();
    }
    double each = Math.max(1, jobs);
    return new WorkResult(
        jobs, seconds, claimNanos, ackNanos, serverMicros / each, driverMicros / each);
  }

  private static void drive(List<WorkerConnection> workers, Selector selector, long untilNanos)
      throws IOException {
    int left = workers.size();
    while (left > 0) {
      selector.select(SELECT_MILLIS);
      boolean last = System.nanoTime() >= untilNanos;
      for (SelectionKey key : selector.selectedKeys()) {
        WorkerConnection worker = (WorkerConnection) key.attachment();
        worker.ready(last);
        left -= worker.isOver() ? 1 : 0;
      }
      selector.selectedKeys().clear();
    }
  }
}
