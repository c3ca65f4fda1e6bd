package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A search by tag depends on the chunks that have the tag, and on the tags of the others.
final class TagSearchTest {
  private static final String NAME = "packs/0000000001.pack";
  private static final int CHUNK_RECORDS = 4;
  private static final PackOptions OPTIONS = PackOptions.defaults().withChunks(400, CHUNK_RECORDS);

  /// A header, a text of one byte and its end, where its records end, and those.
  private static final int TAG_BYTES = 16 + 1 + 4 + 4 + 2 * CHUNK_RECORDS;

  private final SimDisk disk = new SimDisk(1);

  /// Records 1 to 4 have one tag, 5 to 8 another; each four are a chunk.
  private PackedRun write() throws IOException {
    List<ModelRecord> records = new ArrayList<>();
    for (int seq = 1; seq <= 2 * CHUNK_RECORDS; seq++) {
      String tag = seq <= CHUNK_RECORDS ? "a" : "b";
      records.add(new ModelRecord(seq, 1000, "{\"$seq\":" + seq + "}", 0, 0, seq, null, tag));
    }
    try (Packs packs = PackModel.open(disk, OPTIONS)) {
      return PackModel.write(packs, 1, new TreeMap<>(Map.of(3L, records))).getFirst();
    }
  }

  private static List<Long> find(RunReader reader, String tag) throws PackDamagedException {
    List<Long> found = new ArrayList<>();
    reader.findTag(
        ModelRecord.utf8(tag),
        false,
        (seq, bytes) -> {
          assertThat(bytes).isEqualTo((int) seq);
          found.add(seq);
        });
    return found;
  }

  @Test
  void damageElsewhereIsNoMatter() throws IOException {
    PackedRun run = write();
    Map<String, Integer> failures = new HashMap<>();
    for (long at = 0; at < disk.size(NAME); at++) {
      disk.flip(NAME, at, 1);
      String range = rangeOfDamage(run);
      if (range != null) {
        failures.merge(range, 1, Integer::sum);
      }
      disk.flip(NAME, at, 1);
    }
    assertThat(failures).containsOnlyKeys("1 to 8", "1 to 4", "5 to 8");
    assertThat(failures.get("5 to 8")).as("bytes of the other tag").isEqualTo(TAG_BYTES);
    assertThat(failures.get("1 to 4"))
        .as("bytes of the tag and of the columns")
        .isGreaterThan(TAG_BYTES + Columns.HEADER_BYTES);
  }

  /// Null if the search finds what it should.
  private @Nullable String rangeOfDamage(PackedRun run) throws IOException {
    try (Packs packs = PackModel.open(disk, OPTIONS);
        RunReader reader = packs.newReader()) {
      packs.admit(1);
      assertThat(reader.open(run)).isTrue();
      assertThat(find(reader, "a")).containsExactly(1L, 2L, 3L, 4L);
      return null;
    } catch (PackDamagedException e) {
      return e.firstSeq() + " to " + e.lastSeq();
    }
  }

  @Test
  void whatIsReadIsNotKept() throws IOException {
    PackedRun run = write();
    try (Packs packs = PackModel.open(disk, OPTIONS);
        RunReader reader = packs.newReader()) {
      packs.admit(1);
      assertThat(reader.open(run)).isTrue();
      long before = packs.indexBytes();
      assertThat(find(reader, "b")).containsExactly(5L, 6L, 7L, 8L);
      assertThat(packs.indexBytes()).isEqualTo(before);
      assertThat(reader.hasTag(0)).isTrue();
      assertThat(packs.indexBytes()).isGreaterThan(before);
      assertThat(find(reader, "a")).containsExactly(1L, 2L, 3L, 4L);
    }
  }
}
