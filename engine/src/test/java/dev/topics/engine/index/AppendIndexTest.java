package dev.topics.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.index.AppendIndex.Snapshot;
import dev.topics.engine.index.AppendIndex.Stretch;
import dev.topics.storage.pack.PackedRun;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// An index of appends against a list of them.
final class AppendIndexTest {
  private static final int VERSION = 2;

  private final AppendIndex index = new AppendIndex();
  private final List<Entry> model = new ArrayList<>();
  private MemorySegment memory = MemorySegment.ofArray(new byte[8]);
  private long head;
  private long ts = 1_700_000_000_000L;
  private long file = 1;
  private int offset;
  private long earliest = 1;

  /// @param file -1 where the records do not lie in the journal
  private record Entry(
      long firstSeq,
      long ts,
      long file,
      int offset,
      long bytes,
      @Nullable MemorySegment memory,
      @Nullable PackedRun run) {}

  @Property(tries = 200)
  void agreesWithAList(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    int appendsOfFile = 1 + random.nextInt(8);
    boolean isSometimesInMemory = random.nextBoolean();
    for (int i = 0; i < 200; i++) {
      Snapshot before = index.snapshot();
      List<Entry> modelBefore = List.copyOf(model);
      switch (random.nextInt(12)) {
        case 0 -> pack(file - random.nextInt(6));
        case 1 -> trim(random);
        case 2 -> {
          file += random.nextInt(20);
          offset = 0;
        }
        default -> append(random, isSometimesInMemory, appendsOfFile);
      }
      assertAgrees(before, modelBefore);
      assertAgrees(index.snapshot(), model);
      if (!model.isEmpty()) {
        assertFinds(random);
      }
    }
    assertIsReadAgain();
  }

  private void append(Random random, boolean isSometimesInMemory, int appendsOfFile) {
    if (random.nextInt(appendsOfFile) == 0) {
      file++;
      offset = 0;
    }
    ts += random.nextInt(3);
    long bytes = random.nextInt(1000);
    boolean inMemory = isSometimesInMemory && random.nextInt(4) == 0;
    if (inMemory && random.nextInt(4) == 0) {
      memory = MemorySegment.ofArray(new byte[8]);
    }
    offset += 8 * (1 + random.nextInt(1 << 20));
    long position = inMemory ? offset : file << 32 | offset;
    MemorySegment in = inMemory ? memory : null;
    index.add(head + 1, ts, position, bytes, in);
    model.add(new Entry(head + 1, ts, inMemory ? -1 : file, offset, bytes, in, null));
    head += 1 + random.nextInt(3);
  }

  private void pack(long throughFile) {
    Stretch stretch = index.snapshot().stretchInJournal(earliest, throughFile);
    int from = 0;
    while (from < model.size() && !isPacked(from, throughFile)) {
      from++;
    }
    int end = from;
    while (end < model.size() && isPacked(end, throughFile)) {
      end++;
    }
    assertThat(stretch == null).isEqualTo(from == end);
    if (stretch == null) {
      return;
    }
    long first = model.get(from).firstSeq;
    long last = lastOf(end - 1);
    assertThat(index.snapshot().firstSeq(stretch.firstEntry())).isEqualTo(first);
    assertThat(index.snapshot().firstSeq(stretch.lastEntry()))
        .isEqualTo(model.get(end - 1).firstSeq);
    List<Entry> packed = model.subList(from, end);
    long bytes = packed.stream().mapToLong(Entry::bytes).sum();
    long firstTs = packed.getFirst().ts;
    PackedRun run =
        new PackedRun(1, 0, 7, first, last, last - first + 1, bytes, bytes, firstTs, ts);
    index.install(first, last, run);
    packed.clear();
    model.add(from, new Entry(first, firstTs, -1, 0, bytes, null, run));
  }

  private boolean isPacked(int i, long throughFile) {
    long in = model.get(i).file;
    return in >= 0 && in <= throughFile;
  }

  private long lastOf(int i) {
    return i + 1 < model.size() ? model.get(i + 1).firstSeq - 1 : head;
  }

  /// Forgets whole chunks only, so that the model forgets what the index did.
  private void trim(Random random) {
    earliest += random.nextInt(1 + (int) (head + 1 - earliest) / 2);
    index.trimBelow(earliest);
    Snapshot left = index.snapshot();
    if (!model.isEmpty()) {
      long first = left.firstSeq(left.first());
      assertThat(first).isLessThanOrEqualTo(Math.max(earliest, model.getFirst().firstSeq));
      model.removeIf(entry -> entry.firstSeq < first);
      int needed = 0;
      while (needed + 1 < model.size() && model.get(needed + 1).firstSeq <= earliest) {
        needed++;
      }
      // Files before that may be gone.
      long in = model.get(needed).file;
      assertThat(model.subList(0, needed)).allMatch(entry -> entry.file == in);
    }
  }

  private static void assertAgrees(Snapshot index, List<Entry> model) {
    long entry = index.first();
    long bytesBefore = model.isEmpty() ? 0 : index.bytesBefore(entry);
    for (Entry wanted : model) {
      assertThat(index.firstSeq(entry)).isEqualTo(wanted.firstSeq);
      assertThat(index.ts(entry)).isEqualTo(wanted.ts);
      assertThat(index.file(entry)).isEqualTo(wanted.file);
      assertThat(index.memory(entry)).isSameAs(wanted.memory);
      assertThat(index.run(entry)).isEqualTo(wanted.run);
      if (wanted.run == null) {
        assertThat((int) index.position(entry)).isEqualTo(wanted.offset);
      }
      assertThat(index.bytesBefore(entry)).isEqualTo(bytesBefore);
      bytesBefore += wanted.bytes;
      assertThat(index.bytesThrough(entry)).isEqualTo(bytesBefore);
      entry = index.next(entry);
    }
    assertThat(entry).isEqualTo(Snapshot.NO_ENTRY);
  }

  private void assertFinds(Random random) {
    Snapshot found = index.snapshot();
    int at = random.nextInt(model.size());
    long seq =
        model.get(at).firstSeq + random.nextInt((int) (lastOf(at) - model.get(at).firstSeq + 1));
    assertThat(found.firstSeq(found.floor(seq))).isEqualTo(model.get(at).firstSeq);
    long oldest =
        model.subList(at, model.size()).stream()
            .mapToLong(Entry::file)
            .filter(in -> in >= 0)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    assertThat(found.oldestFile(seq)).isEqualTo(oldest);
  }

  /// From the entry of the first live record on; what lies in memory is gone.
  private void assertIsReadAgain() throws IOException {
    StateReader in = new StateReader();
    StateWriter out = new StateWriter(in::chunk);
    out.putVersion(VERSION);
    index.snapshot().encode(out, earliest);
    out.finish();
    in.getVersion();
    List<Entry> left = new ArrayList<>(model);
    while (left.size() > 1 && left.get(1).firstSeq <= earliest) {
      left.removeFirst();
    }
    left.removeIf(entry -> entry.memory != null);
    AppendIndex again = AppendIndex.decode(in);
    assertAgrees(again.snapshot(), left);
    again.add(head + 1, ts, file << 32 | 8, 5, null);
    left.add(new Entry(head + 1, ts, file, 8, 5, null, null));
    assertAgrees(again.snapshot(), left);
  }

  /// Adds a run of one record, or an append between runs.
  private void add(long seq, boolean isRun) {
    index.add(seq, ts, file << 32 | 8 * seq, 1, null);
    if (isRun) {
      index.install(seq, seq, new PackedRun(seq, 0, 7, seq, seq, 1, 1, 1, ts, ts));
    }
  }

  @Test
  void aStretchIsTheFirstThatIsLongEnough() {
    for (long seq = 1; seq <= 9; seq++) {
      add(seq, seq != 2 && seq != 5);
    }
    assertThat(stretch(1, 1, 0)).containsExactly(1L, 1L);
    assertThat(stretch(1, 2, 0)).containsExactly(3L, 4L);
    assertThat(stretch(4, 2, 0)).containsExactly(6L, 9L);
    assertThat(stretch(1, 3, 0)).containsExactly(6L, 9L);
    assertThat(stretch(1, 5, 0)).isEmpty();
    assertThat(stretch(1, 2, 4)).as("without run 4").containsExactly(6L, 9L);
    assertThat(stretch(4, 2, 7)).as("without run 7").containsExactly(8L, 9L);
    assertThat(stretch(1, 3, 7)).isEmpty();
  }

  private List<Long> stretch(long seq, int runsMin, long unwanted) {
    Snapshot in = index.snapshot();
    Stretch found = in.stretchOfRuns(seq, runsMin, run -> run.firstSeq() != unwanted);
    return found == null
        ? List.of()
        : List.of(in.firstSeq(found.firstEntry()), in.firstSeq(found.lastEntry()));
  }

  @Test
  void runsAreSeenWithThoseDirectlyBesideThem() {
    for (long seq = 1; seq <= 6; seq++) {
      add(seq, seq != 4);
    }
    List<String> seen = new ArrayList<>();
    index
        .snapshot()
        .runsInRow(
            2,
            (before, run, behind) ->
                seen.add(pack(before) + " " + run.pack() + " " + pack(behind)));
    assertThat(seen).containsExactly("0 2 3", "2 3 0", "0 5 6", "5 6 0");
  }

  private static long pack(@Nullable PackedRun run) {
    return run == null ? 0 : run.pack();
  }
}
