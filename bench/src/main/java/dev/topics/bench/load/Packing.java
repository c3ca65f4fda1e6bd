package dev.topics.bench.load;

import dev.topics.bench.remote.Bytes;
import dev.topics.bench.remote.TopicsConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Has a server move everything that was written to it so far into packs.
public final class Packing {
  private static final String FILLER = "filler";
  private static final int BATCH_RECORDS = 10_000;
  private static final int RECORD_BYTES = 1000;

  /// More than two files of the journal, of 64 MiB each: one is packed when it is full and another
  /// full one lies behind it.
  private static final int BATCHES = 16;

  private static final String PACKS = "topics_packs_written_total";
  private static final long LOOK_MILLIS = 2000;
  private static final long FIRST_SECONDS = 120;

  private Packing() {}

  /// Waits until a pack has been made and the packs in the data directory `data` have stopped
  /// growing.
  ///
  /// @throws IOException if no pack comes
  public static void await(TopicsConnection topics, Path data)
      throws IOException, InterruptedException {
    long before = topics.metric(PACKS);
    Bytes body = Bytes.utf8(SampleRecords.batch(BATCH_RECORDS, RECORD_BYTES));
    for (int i = 0; i < BATCHES; i++) {
      topics.append(FILLER, body);
    }
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(FIRST_SECONDS);
    while (topics.metric(PACKS) == before) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new IOException("no pack was made within " + FIRST_SECONDS + " s");
      }
      Thread.sleep(LOOK_MILLIS);
    }
    long last = -1;
    for (long bytes = bytes(data); bytes != last; bytes = bytes(data)) {
      last = bytes;
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static long bytes(Path data) throws IOException {
    long bytes = 0;
    try (Stream<Path> packs = Files.list(data.resolve("packs"))) {
      for (Path pack : packs.toList()) {
        bytes += size(pack);
      }
    }
    return bytes;
  }

  /// A pack that was merged goes away meanwhile.
  private static long size(Path pack) throws IOException {
    try {
      return Files.size(pack);
    } catch (NoSuchFileException gone) {
      return 0;
    }
  }
}
