package dev.topics.bench.storage;

import dev.topics.storage.Store;
import dev.topics.storage.StoreOptions;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.disk.MapMode;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `journal`: what one append costs the thread that holds the commit lock.
///
/// First the two ways to append to a zero-filled file, a copy into a mapping and `pwrite`, alone,
/// with a sync on the same thread after each batch, and beside a thread that syncs all the time.
/// Then the journal itself: claim, copy, commit.
@Command(
    name = "journal",
    mixinStandardHelpOptions = true,
    description = "Measures what an append costs the writer: mapped, with pwrite, in the journal.")
public final class JournalCommand implements Callable<Integer> {
  private static final int FILE_BYTES_MAX = 64 << 20;
  private static final int BATCH = 16;
  private static final int SYNCED_APPENDS_MAX = 4096;
  private static final long NANOS_MAX = 10_000_000_000L;
  private static final int[] PAYLOADS = {200, 14 << 10, 140 << 10};

  @Option(
      names = "--megabytes",
      defaultValue = "256",
      description = "How much each run writes; default ${DEFAULT-VALUE}.")
  private int megabytes;

  @Option(
      names = "--unit",
      defaultValue = "65536",
      description =
          "Bytes of one write of zeros before the file is mapped; the journal uses the default,"
              + " ${DEFAULT-VALUE}.")
  private int unitBytes;

  @Option(
      names = "--directory",
      description = "Where; a temporary directory by default. What is written is removed.")
  private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

  private enum Sync {
    NEVER,
    EACH_BATCH,
    BESIDE
  }

  @Override
  public Integer call() throws IOException {
    Path directory = Files.createTempDirectory(parent, "topics-journal");
    try {
      for (int bytes : PAYLOADS) {
        for (Sync sync : Sync.values()) {
          print("mapped", bytes, sync, append(directory, bytes, sync, true));
          print("pwrite", bytes, sync, append(directory, bytes, sync, false));
        }
        commit(directory.resolve("store-" + bytes), bytes);
      }
    } finally {
      remove(directory);
    }
    return 0;
  }

  private Figures append(Path directory, int bytes, Sync sync, boolean mapped) throws IOException {
    Figures figures = new Figures();
    int fileBytes = fileBytes();
    try (FileDisk disk = FileDisk.open(directory);
        Arena arena = Arena.ofShared()) {
      MemorySegment payload = arena.allocate(bytes).fill((byte) 'x');
      MemorySegment zeros = arena.allocate(unitBytes);
      long left = (long) megabytes << 20;
      for (int i = 0; left > 0; i++) {
        try (DiskFile file = disk.create("spike-" + i)) {
          for (long at = 0; at < fileBytes; at += unitBytes) {
            file.writeFully(zeros, at);
          }
          file.sync();
          MemorySegment target = file.map(arena, fileBytes, MapMode.READ_WRITE);
          fill(file, target, payload, sync, mapped, figures);
        }
        disk.delete("spike-" + i);
        left -= fileBytes;
      }
    }
    return figures;
  }

  @SuppressWarnings("try")
  private static void fill(
      DiskFile file,
      MemorySegment target,
      MemorySegment payload,
      Sync sync,
      boolean mapped,
      Figures figures)
      throws IOException {
    long bytes = payload.byteSize();
    long cpu = cpuNanos();
    try (Syncing _ = sync == Sync.BESIDE ? new Syncing(file) : null) {
      int appends = 0;
      for (long at = 0; at + bytes <= target.byteSize(); at += bytes) {
        long start = System.nanoTime();
        if (mapped) {
          MemorySegment.copy(payload, 0, target, at, bytes);
        } else {
          file.writeFully(payload, at);
        }
        figures.nanos.recordValue(System.nanoTime() - start);
        if (sync == Sync.EACH_BATCH && ++appends % BATCH == 0 && appends <= SYNCED_APPENDS_MAX) {
          long before = cpuNanos();
          file.sync();
          cpu += cpuNanos() - before;
        }
      }
    }
    figures.cpuNanos += cpuNanos() - cpu;
  }

  private void commit(Path directory, int bytes) throws IOException {
    byte[] payload = new byte[bytes];
    Figures figures = new Figures();
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, storeOptions(), frame -> {})) {
      store.start(Thread.ofPlatform().daemon().factory());
      Journal journal = store.journal();
      long appends = ((long) megabytes << 20) / bytes;
      long cpu = cpuNanos();
      for (long i = 0; i < appends; i++) {
        long start = System.nanoTime();
        Room room = journal.claim(bytes, Urgency.APPEND);
        if (room == Room.NO_SPARE) {
          long before = cpuNanos();
          journal.prepareSpare();
          cpu += cpuNanos() - before;
          continue;
        }
        MemorySegment.copy(
            payload, 0, journal.region(), ValueLayout.JAVA_BYTE, journal.regionOffset(), bytes);
        journal.commit(1, 1, 0);
        figures.nanos.recordValue(System.nanoTime() - start);
      }
      figures.cpuNanos = cpuNanos() - cpu;
    }
    print("journal", bytes, Sync.BESIDE, figures);
  }

  private StoreOptions storeOptions() {
    return StoreOptions.defaults().withJournalFileBytes(fileBytes());
  }

  private int fileBytes() {
    return (int) Math.min(FILE_BYTES_MAX, (long) megabytes << 20);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void print(String way, int bytes, Sync sync, Figures figures) {
    Histogram nanos = figures.nanos;
    System.out.printf(
        Locale.ROOT,
        "%-8s %6d B  sync %-10s  CPU %7.2f us  mean %7.2f  p50 %7.2f  p99 %7.2f  p99.9 %8.2f"
            + "  max %9.0f%n",
        way,
        bytes,
        sync.name().toLowerCase(Locale.ROOT).replace('_', ' '),
        figures.cpuNanos / 1e3 / Math.max(1, nanos.getTotalCount()),
        nanos.getMean() / 1e3,
        nanos.getValueAtPercentile(50) / 1e3,
        nanos.getValueAtPercentile(99) / 1e3,
        nanos.getValueAtPercentile(99.9) / 1e3,
        nanos.getMaxValue() / 1e3);
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /// What was measured: how long appends took, and the time of the processor they cost.
  private static final class Figures {
    private final Histogram nanos = new Histogram(NANOS_MAX, 3);
    private long cpuNanos;
  }

  /// A thread that syncs a file until closed.
  private static final class Syncing implements AutoCloseable {
    private final Thread thread;
    private volatile boolean stopping;

    Syncing(DiskFile file) {
      thread = Thread.ofPlatform().daemon().start(() -> sync(file));
    }

    private void sync(DiskFile file) {
      while (!stopping) {
        try {
          file.sync();
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
      }
    }

    @Override
    public void close() throws IOException {
      stopping = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }
}
