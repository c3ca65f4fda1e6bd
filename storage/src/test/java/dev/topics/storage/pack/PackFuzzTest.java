package dev.topics.storage.pack;

import static dev.topics.storage.pack.PackLayout.U32;
import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Files of any content are read without a hang, without a step out of bounds, and without more
/// memory than the file has bytes; even when every checksum in them is right.
final class PackFuzzTest {
  private static final int FILES = Integer.getInteger("topics.trials", 4000);
  private static final String NAME = "packs/0000000001.pack";
  private static final List<String> TAGS = List.of("", "t", "tag-é0", "tag-é/1/", "zzz");
  private static final PackOptions OPTIONS = PackOptions.defaults().withChunks(3000, 15);

  @Test
  void anyBytesAreReadOrNamed() throws IOException {
    int usable = 0;
    for (long seed = 1; seed <= FILES; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try {
        SimDisk disk = new SimDisk(seed);
        List<PackedRun> runs = write(disk, random);
        mutate(disk, runs, random);
        usable += read(disk, runs, random) ? 1 : 0;
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e, e);
      }
    }
    assertThat(usable).isBetween(FILES / 10, FILES);
  }

  private static List<PackedRun> write(SimDisk disk, SplittableRandom random) throws IOException {
    NavigableMap<Long, List<ModelRecord>> owners = PackModel.randomOwners(random, 30);
    try (Packs packs = PackModel.open(disk, OPTIONS)) {
      return PackModel.write(packs, 1, owners);
    }
  }

  private static void mutate(SimDisk disk, List<PackedRun> runs, SplittableRandom random)
      throws IOException {
    byte[] bytes = disk.bytes(NAME);
    switch (random.nextInt(6)) {
      case 0 -> {
        bytes = new byte[random.nextInt(3 * Seal.BYTES)];
        random.nextBytes(bytes);
      }
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> {
        int length = random.nextInt(600);
        int from = random.nextInt(bytes.length - length);
        System.arraycopy(bytes, from, bytes, random.nextInt(bytes.length - length), length);
      }
      case 3 -> {
        byte[] garbage = new byte[1 + random.nextInt(8)];
        random.nextBytes(garbage);
        System.arraycopy(garbage, 0, bytes, random.nextInt(bytes.length - 8), garbage.length);
      }
      default -> new Forgery(bytes, runs, random).forge();
    }
    PackModel.replace(disk, NAME, bytes);
  }

  /// Whether anything could be read.
  private static boolean read(SimDisk disk, List<PackedRun> runs, SplittableRandom random)
      throws IOException {
    int read = 0;
    try (Packs packs = PackModel.open(disk, OPTIONS);
        RunReader reader = packs.newReader()) {
      packs.admit(1);
      for (PackedRun run : runs) {
        search(reader, run, random);
        for (long i = 0; i < run.count(); i++) {
          read += readRecord(reader, run, i, random) ? 1 : 0;
        }
      }
      try (PackVerifier verifier = PackVerifier.open(disk, PackModel.STORE, 1, runs)) {
        int steps = 0;
        while (verifier.step(1) > 0) {
          assertThat(steps++).isLessThan(10_000);
        }
      }
      assertThat(packs.indexBytes()).isLessThanOrEqualTo(2 * disk.size(NAME));
    }
    return read > 0;
  }

  private static boolean readRecord(
      RunReader reader, PackedRun run, long i, SplittableRandom random) {
    try {
      assertThat(reader.open(run)).isTrue();
      long seq = reader.seq(i);
      reader.indexOf(seq + random.nextInt(-5, 5));
      reader.indexSince(reader.ts(i));
      reader.payloadBefore(i);
      if (reader.nodeId(i) >= 0) {
        text(reader.nodes(), reader.nodeStart(reader.nodeId(i)), reader.nodeLength(i));
      }
      if (reader.hasTag(i)) {
        byte[] tag = text(reader.tags(i), reader.tagStart(i), reader.tagLength(i));
        reader.findTag(tag, random.nextBoolean(), (found, bytes) -> {});
      }
      long end = reader.stretchEnd(i, run.count(), random.nextInt(1, 5000));
      assertThat(reader.read(i, end).byteSize()).isEqualTo(reader.stretchBytes(i, end));
      return true;
    } catch (PackDamagedException e) {
      assertThat(e.pack()).isEqualTo(1);
      return false;
    }
  }

  /// A search looks at fewer values than a reader, so that it goes on where that one stops.
  private static void search(RunReader reader, PackedRun run, SplittableRandom random) {
    byte[] tag = ModelRecord.utf8(TAGS.get(random.nextInt(TAGS.size())));
    Set<Long> seqs = new HashSet<>();
    try {
      assertThat(reader.open(run)).isTrue();
      reader.findTag(
          tag,
          random.nextInt(3) > 0,
          (seq, bytes) -> {
            assertThat(seq).isBetween(run.firstSeq(), run.lastSeq());
            assertThat(bytes).isNotNegative();
            assertThat(seqs.add(seq)).as("found once").isTrue();
          });
    } catch (PackDamagedException e) {
      assertThat(e.pack()).isEqualTo(1);
    }
  }

  private static byte[] text(MemorySegment from, long at, int bytes) {
    return from.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
  }

  /// Changes a value somewhere in the index of a pack and makes all checksums right again.
  private static final class Forgery {
    private final MemorySegment pack;
    private final PackedRun run;
    private final SplittableRandom random;

    Forgery(byte[] bytes, List<PackedRun> runs, SplittableRandom random) {
      pack = MemorySegment.ofArray(bytes);
      run = runs.get(random.nextInt(runs.size()));
      this.random = random;
    }

    void forge() {
      Seal seal = seal();
      long entryAt = seal.directoryAt() + (long) run.index() * RunEntry.BYTES;
      RunEntry entry = entry(entryAt);
      long tableAt = entry.tableAt();
      long chunkAt = tableAt + (long) random.nextInt(entry.chunks()) * ChunkTable.ENTRY_BYTES;
      long bodiesAt = pack.get(PackLayout.U64, chunkAt + 40);
      long columnsAt = bodiesAt + pack.get(U32, chunkAt + 48);
      int columnBytes = pack.get(U32, chunkAt + 52);
      int tagBytes = pack.get(U32, chunkAt + 60);
      switch (random.nextInt(5)) {
        case 0 -> spoil(chunkAt, ChunkTable.ENTRY_BYTES);
        case 1 -> spoil(entryAt, RunEntry.BYTES);
        case 2 -> spoil(columnsAt + columnBytes, tagBytes);
        default -> spoil(columnsAt, random.nextBoolean() ? Columns.HEADER_BYTES : columnBytes);
      }
      pack.set(U32, chunkAt + 56, crc(columnsAt, columnBytes));
      pack.set(U32, chunkAt + 64, crc(columnsAt + columnBytes, tagBytes));
      int tableCrc = crc(tableAt, entry.tableBytes());
      RunEntry forged = forgedEntry(entryAt, entry, tableCrc);
      if (forged != null) {
        forged.write(pack, entryAt, PackModel.STORE);
      }
    }

    private void spoil(long at, int bytes) {
      for (int i = 0; i < 1 + random.nextInt(3) && bytes > 0; i++) {
        long place = at + random.nextInt(bytes);
        byte value = (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256));
        pack.set(ValueLayout.JAVA_BYTE, place, value);
      }
    }

    /// Null if the values make no entry.
    private @Nullable RunEntry forgedEntry(long at, RunEntry before, int tableCrc) {
      try {
        PackedRun values =
            new PackedRun(
                1,
                run.index(),
                pack.get(PackLayout.U64, at),
                pack.get(PackLayout.U64, at + 8),
                pack.get(PackLayout.U64, at + 16),
                pack.get(PackLayout.U64, at + 24),
                pack.get(PackLayout.U64, at + 32),
                pack.get(PackLayout.U64, at + 40),
                pack.get(PackLayout.U64, at + 48),
                pack.get(PackLayout.U64, at + 56));
        long tableAt = pack.get(PackLayout.U64, at + 64);
        int chunks = pack.get(U32, at + 72);
        boolean same = tableAt == before.tableAt() && chunks == before.chunks();
        return new RunEntry(values, tableAt, chunks, same ? tableCrc : before.tableCrc());
      } catch (IllegalArgumentException e) {
        return null;
      }
    }

    private Seal seal() {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copy = arena.allocate(Seal.BYTES).copyFrom(pack.asSlice(0, Seal.BYTES));
        return ((Seal.Reading.Valid) Seal.read(copy)).seal();
      }
    }

    private RunEntry entry(long at) {
      return RunEntry.read(pack.asSlice(at, RunEntry.BYTES), PackModel.STORE, 1, run.index());
    }

    private int crc(long at, long bytes) {
      return PackLayout.crc(pack, at, bytes);
    }
  }
}
