package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Packs written from lists of records, and every answer of a reader compared with those lists.
final class PackModel {
  static final UUID STORE = new UUID(0x1234, 0x5678);

  private PackModel() {}

  static Packs open(Disk disk, PackOptions options) throws IOException {
    return Packs.open(disk, STORE, options);
  }

  /// Options under which few records make many chunks, and nothing stays in a cache for long.
  static PackOptions small(RandomGenerator random) {
    return PackOptions.defaults()
        .withChunks(1 + random.nextInt(40_000), 1 + random.nextInt(40))
        .withIndexBytesMax(random.nextInt(10_000))
        .withOpenFilesMax(1 + random.nextInt(2))
        .withSyncEveryBytes(1 + random.nextInt(100_000));
  }

  static NavigableMap<Long, List<ModelRecord>> randomOwners(RandomGenerator random, int records) {
    NavigableMap<Long, List<ModelRecord>> owners = new TreeMap<>();
    int count = 1 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      owners.put(
          random.nextLong(1, 1L << random.nextInt(2, 60)),
          ModelRecord.random(random, 1 + random.nextInt(records)));
    }
    return owners;
  }

  static List<PackedRun> write(Packs packs, long id, Map<Long, List<ModelRecord>> owners)
      throws IOException {
    PackRecord holder = new PackRecord();
    try (PackWriter writer = packs.create(id)) {
      for (Map.Entry<Long, List<ModelRecord>> owner : owners.entrySet()) {
        writer.beginRun(owner.getKey());
        for (ModelRecord record : owner.getValue()) {
          record.addTo(writer, holder);
        }
      }
      return writer.finish();
    }
  }

  /// Compares every answer about a run, in an order that makes the reader jump.
  static void check(
      RunReader reader, PackedRun run, List<ModelRecord> records, RandomGenerator random)
      throws IOException {
    assertThat(reader.open(run)).isTrue();
    assertThat(run.count()).isEqualTo(records.size());
    assertThat(run.firstSeq()).isEqualTo(records.getFirst().seq());
    assertThat(run.lastSeq()).isEqualTo(records.getLast().seq());
    assertThat(run.firstTs()).isEqualTo(records.getFirst().ts());
    assertThat(run.lastTs()).isEqualTo(records.getLast().ts());
    long payload = 0;
    for (int i = 0; i < records.size(); i++) {
      assertThat(reader.payloadBefore(i)).isEqualTo(payload);
      payload += records.get(i).payloadBytes();
    }
    assertThat(reader.payloadBefore(records.size())).isEqualTo(payload);
    assertThat(run.payloadBytes()).isEqualTo(payload);
    for (int k = 0; k < records.size(); k++) {
      checkRecord(reader, records, random.nextInt(records.size()));
    }
    for (int i = 0; i < records.size(); i++) {
      checkRecord(reader, records, i);
    }
    checkSearches(reader, records, random);
    checkStretches(reader, records, random);
    checkTags(reader, records);
  }

  private static void checkRecord(RunReader reader, List<ModelRecord> records, int i)
      throws IOException {
    ModelRecord record = records.get(i);
    assertThat(reader.seq(i)).isEqualTo(record.seq());
    assertThat(reader.ts(i)).isEqualTo(record.ts());
    assertThat(reader.dataOffset(i)).isEqualTo(record.dataOffset());
    assertThat(reader.metaOffset(i)).isEqualTo(record.metaOffset());
    assertThat(reader.payloadBytes(i)).isEqualTo(record.payloadBytes());
    assertThat(reader.bodyBytes(i)).isEqualTo(record.body().length);
    assertThat(reader.nodeLength(i)).isEqualTo(record.nodeLength());
    if (record.node() != null) {
      int node = reader.nodeId(i);
      assertThat(text(reader.nodes(), reader.nodeStart(node), reader.nodeLength(i)))
          .isEqualTo(record.node());
    }
    assertThat(reader.hasTag(i)).isEqualTo(record.tag() != null);
    if (record.tag() != null) {
      assertThat(text(reader.tags(i), reader.tagStart(i), reader.tagLength(i)))
          .isEqualTo(record.tag());
    }
  }

  private static String text(MemorySegment from, long at, int bytes) {
    byte[] copy = from.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
    return new String(copy, StandardCharsets.UTF_8);
  }

  private static void checkSearches(
      RunReader reader, List<ModelRecord> records, RandomGenerator random) throws IOException {
    for (int k = 0; k < 40; k++) {
      ModelRecord near = records.get(random.nextInt(records.size()));
      long seq = near.seq() + random.nextInt(-2, 3);
      long ts = near.ts() + random.nextInt(-2, 3);
      int bySeq = 0;
      while (bySeq < records.size() && records.get(bySeq).seq() < seq) {
        bySeq++;
      }
      int byTs = 0;
      while (byTs < records.size() && records.get(byTs).ts() < ts) {
        byTs++;
      }
      assertThat(reader.indexOf(seq)).isEqualTo(bySeq);
      assertThat(reader.indexSince(ts)).isEqualTo(byTs);
    }
    assertThat(reader.indexOf(Long.MIN_VALUE)).isZero();
    assertThat(reader.indexOf(Long.MAX_VALUE)).isEqualTo(records.size());
    assertThat(reader.indexSince(Long.MAX_VALUE)).isEqualTo(records.size());
  }

  private static void checkStretches(
      RunReader reader, List<ModelRecord> records, RandomGenerator random) throws IOException {
    long maxBytes = 1L + random.nextInt(50_000);
    int from = random.nextInt(records.size());
    int to = from + 1 + random.nextInt(records.size() - from);
    for (int i = from; i < to; ) {
      int end = (int) reader.stretchEnd(i, to, maxBytes);
      assertThat(end).isBetween(i + 1, to);
      byte[] expected = joined(records.subList(i, end));
      assertThat(expected.length <= maxBytes || end == i + 1).isTrue();
      assertThat(reader.stretchBytes(i, end)).isEqualTo(expected.length);
      assertThat(reader.read(i, end).toArray(ValueLayout.JAVA_BYTE)).isEqualTo(expected);
      boolean couldGoOn =
          end < to
              && reader.chunkStart(end) == reader.chunkStart(i)
              && expected.length + 1 + records.get(end).body().length <= maxBytes;
      assertThat(couldGoOn).isFalse();
      i = end;
    }
  }

  static byte[] joined(List<ModelRecord> records) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < records.size(); i++) {
      if (i > 0) {
        bytes.write(',');
      }
      bytes.writeBytes(records.get(i).body());
    }
    return bytes.toByteArray();
  }

  private static void checkTags(RunReader reader, List<ModelRecord> records) throws IOException {
    for (String tag : new String[] {"", "t", "tag", "tag-é0", "tag-é/1/", "g-é", "zzz"}) {
      assertThat(found(reader, tag, false)).isEqualTo(expected(records, tag, false));
      assertThat(found(reader, tag, true)).isEqualTo(expected(records, tag, true));
    }
    ModelRecord some = records.get(records.size() / 2);
    if (some.tag() != null) {
      Map<Long, Integer> found = found(reader, some.tag(), false);
      assertThat(found).containsEntry(some.seq(), some.payloadBytes());
      assertThat(found).isEqualTo(expected(records, some.tag(), false));
    }
  }

  private static Map<Long, Integer> found(RunReader reader, String tag, boolean asPrefix)
      throws IOException {
    Map<Long, Integer> found = new HashMap<>();
    reader.findTag(
        ModelRecord.utf8(tag),
        asPrefix,
        (seq, bytes) -> assertThat(found.put(seq, bytes)).isNull());
    return found;
  }

  private static Map<Long, Integer> expected(
      List<ModelRecord> records, String tag, boolean asPrefix) {
    Map<Long, Integer> expected = new HashMap<>();
    for (ModelRecord record : records) {
      if (matches(record.tag(), tag, asPrefix)) {
        expected.put(record.seq(), record.payloadBytes());
      }
    }
    return expected;
  }

  private static boolean matches(@Nullable String tag, String wanted, boolean asPrefix) {
    return tag != null && (asPrefix ? tag.startsWith(wanted) : tag.equals(wanted));
  }

  /// Gives a file another content.
  static void replace(Disk disk, String name, byte[] bytes) throws IOException {
    try (DiskFile file = disk.open(name)) {
      file.truncate(0);
      file.writeFully(MemorySegment.ofArray(bytes), 0);
    }
  }
}
