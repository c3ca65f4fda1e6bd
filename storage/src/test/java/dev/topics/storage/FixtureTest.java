package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.checkpoint.CheckpointWriter;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.pack.PackRecord;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.pack.RunReader;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Files that earlier versions wrote are read, and this version still writes the same.
final class FixtureTest {
  private static final UUID STORE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final String PACK = "packs/0000000007.pack";
  private static final String CHECKPOINT = "checkpoints/0000000003.checkpoint";
  private static final PackOptions OPTIONS = PackOptions.defaults().withChunks(1 << 20, 2);

  @Test
  void aPackOfVersion1IsReadAsItWasWritten() throws IOException {
    SimDisk disk = new SimDisk(1);
    List<PackedRun> runs;
    try (Packs packs = Packs.open(disk, STORE, OPTIONS)) {
      runs = writePack(packs);
    }
    assertThat(disk.bytes(PACK)).isEqualTo(fixture("1.pack"));
    try (Packs packs = Packs.open(diskWith("packs", PACK, "1.pack"), STORE, OPTIONS);
        RunReader reader = packs.newReader()) {
      packs.admit(7);
      assertThat(runs).hasSize(2);
      assertThat(reader.open(runs.getFirst())).isTrue();
      assertThat(read(reader, 0)).isEqualTo("{\"$seq\":5,\"$ts\":1700000000000,\"data\":1}");
      assertThat(reader.seq(2)).isEqualTo(9);
      assertThat(reader.ts(2)).isEqualTo(1_700_000_000_900L);
      List<Long> tagged = new ArrayList<>();
      reader.findTag(ascii("or"), true, (seq, bytes) -> tagged.add(seq));
      assertThat(tagged).containsExactly(6L, 9L);
      assertThat(reader.open(runs.getLast())).isTrue();
      assertThat(reader.nodeLength(0)).isEqualTo(2);
      assertThat(reader.metaOffset(0)).isEqualTo(48);
    }
  }

  @Test
  void aCheckpointOfVersion1IsReadAsItWasWritten() throws IOException {
    LogStart start = new LogStart(123_456, 0xCAFE, 17, 8192);
    SimDisk disk = new SimDisk(1);
    try (CheckpointWriter writer = Checkpoints.open(disk, STORE).begin(3, start)) {
      writer.add(MemorySegment.ofArray(ascii("the first chunk")));
      writer.add(MemorySegment.ofArray(new byte[0]));
      writer.add(MemorySegment.ofArray(ascii("the last chunk")));
      writer.finish();
    }
    assertThat(disk.bytes(CHECKPOINT)).isEqualTo(fixture("1.checkpoint"));
    List<String> chunks = new ArrayList<>();
    Checkpoints checkpoints =
        Checkpoints.open(diskWith("checkpoints", CHECKPOINT, "1.checkpoint"), STORE);
    LogStart read = checkpoints.read(3, chunk -> chunks.add(text(chunk)));
    assertThat(read).isEqualTo(start);
    assertThat(chunks).containsExactly("the first chunk", "", "the last chunk");
  }

  private static List<PackedRun> writePack(Packs packs) throws IOException {
    PackRecord record = new PackRecord();
    try (PackWriter writer = packs.create(7)) {
      writer.beginRun(11);
      add(writer, record, 5, 1_700_000_000_000L, "\"data\":1", 0, null, null);
      add(writer, record, 6, 1_700_000_000_000L, "\"data\":22", 0, null, "order-1");
      add(writer, record, 9, 1_700_000_000_900L, "\"data\":{}", 0, null, "order-é");
      writer.beginRun(12);
      String body = "\"$node\":\"n1\",\"data\":[],\"meta\":{\"k\":\"v\"}";
      add(writer, record, 1, 1_700_000_000_001L, body, 48, "n1", "");
      return writer.finish();
    }
  }

  private static void add(
      PackWriter writer,
      PackRecord record,
      long seq,
      long ts,
      String rest,
      int metaOffset,
      @Nullable String node,
      @Nullable String tag)
      throws IOException {
    byte[] body = ascii("{\"$seq\":%d,\"$ts\":%d,%s}".formatted(seq, ts, rest));
    MemorySegment bytes = MemorySegment.ofArray(body);
    record.start(seq, ts).body(bytes, 0, body.length).values(35, metaOffset, 2);
    if (node != null) {
      record.node(MemorySegment.ofArray(ascii(node)), 0, node.length());
    }
    if (tag != null) {
      byte[] utf8 = tag.getBytes(StandardCharsets.UTF_8);
      record.tag(MemorySegment.ofArray(utf8), 0, utf8.length);
    }
    writer.add(record);
  }

  private static String read(RunReader reader, long i) throws IOException {
    return text(reader.read(i, i + 1));
  }

  private static String text(MemorySegment bytes) {
    return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static SimDisk diskWith(String directory, String name, String fixture)
      throws IOException {
    SimDisk disk = new SimDisk(2);
    disk.makeDirectory(directory);
    try (DiskFile file = disk.create(name)) {
      file.writeFully(MemorySegment.ofArray(fixture(fixture)), 0);
    }
    return disk;
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = FixtureTest.class.getResourceAsStream("fixtures/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}
