package dev.topics.bench.storage;

import dev.topics.bench.load.SampleRecords;
import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.ServerProcess;
import dev.topics.bench.remote.TopicsConnection;
import dev.topics.bench.watch.ProcessFacts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/// What a server occupies after it was filled, and after it was started again on the same data.
final class RestartBench {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TOPIC = "records";
  private static final int BATCH = 1000;
  private static final int RECORD_BYTES = 100;
  private static final int PAGE = 1000;

  private final Starting starting;
  private final Path directory;

  /// Starts a server on a directory.
  interface Starting {
    ServerProcess on(Path directory) throws IOException;
  }

  RestartBench(Starting starting, Path directory) {
    this.starting = starting;
    this.directory = directory;
  }

  void run(long records) throws IOException, InterruptedException {
    long before = occupied(records, true);
    long after = occupied(records, false);
    System.out.printf(
        Locale.ROOT,
        "%,d records written and read: %,d KiB resident; read after a restart: %,d KiB,"
            + " %.2f times that%n",
        records,
        before >> 10,
        after >> 10,
        after / (double) before);
  }

  private long occupied(long records, boolean fill) throws IOException, InterruptedException {
    try (ServerProcess server = starting.on(directory)) {
      InetSocketAddress address = server.awaitReady(PATIENCE);
      try (TopicsConnection topics = TopicsConnection.open(address, PATIENCE)) {
        if (fill) {
          topics.putTopic(TOPIC, "{}");
          Bytes body = Bytes.utf8(SampleRecords.batch(BATCH, RECORD_BYTES));
          for (long filled = 0; filled < records; filled += BATCH) {
            topics.append(TOPIC, body);
          }
        }
        for (long from = 0; from < records; from += PAGE) {
          topics.diff(TOPIC, from, PAGE);
        }
      }
      long bytes = ProcessFacts.residentBytes(server.pid());
      server.terminate(PATIENCE);
      return bytes;
    }
  }
}
