package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Has a server move everything that was written to it so far into packs.
public final class Packing {
  private static final String FILLER = "filler";
  private static final int BATCH_RECORDS = 10_000;
  private static final int RECORD_BYTES = 1000;

  /// More than a file of the journal, which is packed when it is full.
  private static final int BATCHES = 10;

  private static final long LOOK_MILLIS = 2000;

  private Packing() {}

  /// Waits until the packs in the data directory `data` have stopped growing.
  public static void await(TopicsConnection topics, Path data)
      throws IOException, InterruptedException {
    Bytes body = Bytes.utf8(SampleRecords.batch(BATCH_RECORDS, RECORD_BYTES));
    for (int i = 0; i < BATCHES; i++) {
      topics.append(FILLER, body);
    }
    long before = -1;
    for (long bytes = bytes(data); bytes != before; bytes = bytes(data)) {
      before = bytes;
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static long bytes(Path data) throws IOException {
    long bytes = 0;
    try (Stream<Path> packs = Files.list(data.resolve("packs"))) {
      for (Path pack : packs.toList()) {
        bytes += Files.size(pack);
      }
    }
    return bytes;
  }
}
