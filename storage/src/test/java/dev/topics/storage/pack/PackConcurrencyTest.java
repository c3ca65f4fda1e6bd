package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.disk.FileDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Readers on real threads and a real disk, while packs come and go under them and every cache is
/// too small. A descriptor or a section that was let go too early would show as other bytes.
final class PackConcurrencyTest {
  private static final int READERS = 3;
  private static final int PACKS = 60;

  private final NavigableMap<Long, List<ModelRecord>> owners =
      PackModel.randomOwners(new SplittableRandom(4), 300);
  @TempDir private Path directory;
  private volatile List<PackedRun> current = List.of();
  private volatile boolean done;

  @Test
  void readersNeverSeeOtherBytesWhilePacksComeAndGo() throws Exception {
    PackOptions options =
        PackOptions.defaults()
            .withChunks(5000, 30)
            .withOpenFilesMax(1)
            .withIndexBytesMax(5000)
            .withSyncEveryBytes(1 << 30);
    try (FileDisk disk = FileDisk.open(directory);
        Packs packs = PackModel.open(disk, options);
        ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
      current = PackModel.write(packs, 1, owners);
      List<Future<Long>> reads = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        reads.add(threads.submit(reading(packs, i)));
      }
      try {
        for (long id = 2; id <= PACKS; id++) {
          current = PackModel.write(packs, id, owners);
          packs.drop(id - 1);
        }
      } finally {
        done = true;
      }
      for (Future<Long> read : reads) {
        assertThat(read.get()).isGreaterThan(100);
      }
      assertThat(packs.unknown()).isEmpty();
    }
  }

  private Callable<Long> reading(Packs packs, long seed) {
    return () -> {
      SplittableRandom random = new SplittableRandom(seed);
      long read = 0;
      try (RunReader reader = packs.newReader()) {
        while (!done || read <= 100) {
          List<PackedRun> runs = current;
          PackedRun run = runs.get(random.nextInt(runs.size()));
          if (reader.open(run)) {
            read += read(reader, run, random);
          }
        }
      }
      return read;
    };
  }

  private int read(RunReader reader, PackedRun run, SplittableRandom random) throws IOException {
    List<ModelRecord> records = Objects.requireNonNull(owners.get(run.owner()));
    int from = random.nextInt(records.size());
    int end = Math.min(records.size(), from + 20);
    for (int i = from; i < end; i++) {
      ModelRecord record = records.get(i);
      MemorySegment body = reader.read(i, i + 1);
      boolean same =
          reader.seq(i) == record.seq()
              && reader.nodeLength(i) == record.nodeLength()
              && body.mismatch(MemorySegment.ofArray(record.body())) == -1;
      if (!same) {
        throw new AssertionError("record %d of %s".formatted(i, run));
      }
    }
    return end - from;
  }
}
