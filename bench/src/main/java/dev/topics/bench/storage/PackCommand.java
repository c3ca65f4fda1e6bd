package dev.topics.bench.storage;

import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.pack.PackRecord;
import dev.topics.storage.pack.PackVerifier;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.RunReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `packs`: how fast records move into packs and out of them.
///
/// Reads are warm: the page cache holds the pack. Each answer is 1000 records, copied into another
/// buffer as a response would be; beside it stands the same copy without a pack.
@Command(
    name = "packs",
    mixinStandardHelpOptions = true,
    description = "Measures writing, reading, searching and verifying packs.")
public final class PackCommand implements Callable<Integer> {
  private static final UUID STORE = new UUID(1, 2);
  private static final int LIMIT = 1000;
  private static final int TAGS = 100;
  private static final String DATA = "x".repeat(100);
  private static final String NODE = "eu-1";
  private static final int NODE_BEFORE_DATA = "eu-1\",\"data\":".length();
  private static final int BODY_BYTES_MAX = 200;

  @Option(
      names = "--records",
      defaultValue = "1000000",
      description = "Records of the pack, 100 bytes of data each; default ${DEFAULT-VALUE}.")
  private int records;

  @Option(
      names = "--repetitions",
      defaultValue = "5",
      description = "How often everything is done; default ${DEFAULT-VALUE}.")
  private int repetitions;

  @Option(
      names = "--directory",
      description = "Where; a temporary directory by default. What is written is removed.")
  private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

  @Override
  public Integer call() throws IOException {
    Path directory = Files.createTempDirectory(parent, "topics-packs");
    try (FileDisk disk = FileDisk.open(directory);
        Arena arena = Arena.ofConfined();
        Packs packs = Packs.open(disk, STORE, PackOptions.defaults())) {
      Records from = new Records(arena, records);
      Figures figures = new Figures(repetitions);
      for (int i = 0; i < repetitions; i++) {
        PackedRun run = write(packs, i + 1L, from, figures);
        try (RunReader reader = packs.newReader()) {
          read(reader, run, figures);
          search(reader, figures);
        }
        verify(packs, run, figures);
        packs.drop(run.pack());
        figures.next();
      }
      figures.print();
    } finally {
      remove(directory);
    }
    return 0;
  }

  private PackedRun write(Packs packs, long id, Records from, Figures figures) throws IOException {
    PackRecord record = new PackRecord();
    long start = System.nanoTime();
    List<PackedRun> runs;
    try (PackWriter writer = packs.create(id)) {
      writer.beginRun(1);
      for (int i = 0; i < records; i++) {
        from.fill(record, i);
        writer.add(record);
      }
      runs = writer.finish();
    }
    PackedRun run = runs.getFirst();
    figures.note("write and sync, MB/s of bodies", run.bodyBytes() / 1e6 / seconds(start));
    figures.note("bytes of the pack / of the bodies", packs.check(id) / (1.0 * run.bodyBytes()));
    return run;
  }

  /// The records that are packed, in memory.
  private static final class Records {
    private final MemorySegment bodies;
    private final long[] starts;
    private final MemorySegment tags;
    private final int tagBytes = tag(0).length;

    Records(Arena arena, int count) {
      starts = new long[count + 1];
      bodies = arena.allocate((long) count * BODY_BYTES_MAX);
      tags = arena.allocate((long) TAGS * tagBytes);
      for (int i = 0; i < count; i++) {
        byte[] text = body(i + 1L);
        MemorySegment.copy(MemorySegment.ofArray(text), 0, bodies, starts[i], text.length);
        starts[i + 1] = starts[i] + text.length;
      }
      for (int i = 0; i < TAGS; i++) {
        MemorySegment tag = MemorySegment.ofArray(tag(i));
        MemorySegment.copy(tag, 0, tags, (long) i * tagBytes, tagBytes);
      }
    }

    void fill(PackRecord record, int i) {
      int bytes = (int) (starts[i + 1] - starts[i]);
      int dataOffset = bytes - DATA.length() - 3;
      record
          .start(i + 1L, 1_700_000_000_000L + i / 10)
          .body(bodies, starts[i], bytes)
          .values(dataOffset, 0, DATA.length() + 2)
          .node(bodies, starts[i] + dataOffset - NODE_BEFORE_DATA, NODE.length())
          .tag(tags, (long) (i % TAGS) * tagBytes, tagBytes);
    }

    private static byte[] body(long seq) {
      String body =
          "{\"$seq\":%d,\"$ts\":1700000000000,\"$node\":\"%s\",\"data\":\"%s\"}"
              .formatted(seq, NODE, DATA);
      return body.getBytes(StandardCharsets.US_ASCII);
    }
  }

  private static byte[] tag(int number) {
    return "order-%02d".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  private void read(RunReader reader, PackedRun run, Figures figures) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment answer = arena.allocate(4 << 20);
      walk(reader, run, answer);
      long start = System.nanoTime();
      long bytes = walk(reader, run, answer);
      double seconds = seconds(start);
      figures.note("read 1000 records at a time, M records/s", records / 1e6 / seconds);
      figures.note("read 1000 records at a time, MB/s", bytes / 1e6 / seconds);
      long all = run.bodyBytes();
      MemorySegment memory = arena.allocate(all);
      copy(memory, answer, (int) (all / records) * LIMIT);
      start = System.nanoTime();
      bytes = copy(memory, answer, (int) (all / records) * LIMIT);
      figures.note("the same copied in memory, MB/s", bytes / 1e6 / seconds(start));
    }
  }

  private static long walk(RunReader reader, PackedRun run, MemorySegment answer)
      throws IOException {
    long bytes = 0;
    for (long from = 0; from < run.count(); from += LIMIT) {
      long end = Math.min(run.count(), from + LIMIT);
      reader.open(run);
      for (long at = from; at < end; ) {
        long next = reader.stretchEnd(at, end, 1 << 20);
        MemorySegment stretch = reader.read(at, next);
        MemorySegment.copy(stretch, 0, answer, 0, stretch.byteSize());
        bytes += stretch.byteSize();
        at = next;
      }
    }
    return bytes;
  }

  private static long copy(MemorySegment from, MemorySegment to, int page) {
    long bytes = 0;
    for (long at = 0; at + page <= from.byteSize(); at += page) {
      MemorySegment.copy(from, at, to, 0, page);
      bytes += page;
    }
    return bytes;
  }

  private void search(RunReader reader, Figures figures) throws IOException {
    long[] found = new long[1];
    long start = System.nanoTime();
    reader.findTag(tag(7), false, (seq, bytes) -> found[0]++);
    figures.note("find the records of a tag, ms", seconds(start) * 1e3);
    if (found[0] != records / TAGS) {
      throw new IllegalStateException("found " + found[0]);
    }
    start = System.nanoTime();
    int searches = 1000;
    for (int i = 0; i < searches; i++) {
      long index = reader.indexOf(1 + (long) i * records / searches);
      found[0] += reader.payloadBefore(index);
    }
    figures.note("count and bytes before a seq, us", seconds(start) * 1e6 / searches);
  }

  private static void verify(Packs packs, PackedRun run, Figures figures) throws IOException {
    long start = System.nanoTime();
    long bytes = 0;
    try (PackVerifier verifier = packs.verifier(run.pack(), List.of(run))) {
      if (verifier == null) {
        throw new IllegalStateException("the pack is gone");
      }
      for (long step = verifier.step(1 << 20); step > 0; step = verifier.step(1 << 20)) {
        bytes += step;
      }
      if (!verifier.damage().isEmpty()) {
        throw new IllegalStateException(verifier.damage().toString());
      }
    }
    figures.note("verify, MB/s", bytes / 1e6 / seconds(start));
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /// Medians and extremes of what was measured in each repetition.
  private static final class Figures {
    private final int repetitions;
    private final Map<String, double[]> values = new LinkedHashMap<>();
    private int repetition;

    Figures(int repetitions) {
      this.repetitions = repetitions;
    }

    void note(String what, double value) {
      values.computeIfAbsent(what, _ -> new double[repetitions])[repetition] = value;
    }

    void next() {
      repetition++;
    }

    void print() {
      values.forEach((what, all) -> {
        Arrays.sort(all);
        System.out.printf(
            Locale.ROOT,
            "%-45s %10.3f  [%.3f, %.3f]%n",
            what,
            all[all.length / 2],
            all[0],
            all[all.length - 1]);
      });
    }
  }
}
