package dev.topics.storage.pack;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A record as a test remembers it.
record ModelRecord(
    long seq,
    long ts,
    String text,
    int dataOffset,
    int metaOffset,
    int payloadBytes,
    @Nullable String node,
    @Nullable String tag) {
  byte[] body() {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  int nodeLength() {
    return node == null ? -1 : utf8(node).length;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Hands the record to a writer from memory of its own, where other bytes lie around it.
  void addTo(PackWriter writer, PackRecord holder) throws IOException {
    byte[] body = body();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(body.length + 1L);
      MemorySegment.copy(MemorySegment.ofArray(body), 0, memory, 1, body.length);
      holder
          .start(seq, ts)
          .body(memory, 1, body.length)
          .values(dataOffset, metaOffset, payloadBytes);
      if (node != null) {
        holder.node(MemorySegment.ofArray(utf8("." + node)), 1, utf8(node).length);
      }
      if (tag != null) {
        holder.tag(MemorySegment.ofArray(utf8(".." + tag)), 2, utf8(tag).length);
      }
      writer.add(holder);
    }
  }

  /// Records of one owner: seqs with holes, times that stand still or jump, few or many tags.
  static List<ModelRecord> random(RandomGenerator random, int count) {
    List<ModelRecord> records = new ArrayList<>();
    long seq = random.nextInt(4) == 0 ? random.nextLong(1L << 60) : random.nextInt(100);
    long ts = random.nextInt(4) == 0 ? 0 : 1_700_000_000_000L + random.nextInt(1000);
    int holes = random.nextInt(3);
    int tags = random.nextInt(4);
    int nodes = random.nextInt(3);
    int large = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      seq += 1 + gap(random, holes);
      ts += random.nextInt(50) == 0 ? random.nextLong(1L << 40) : random.nextInt(3);
      byte[] body = new byte[bodyBytes(random, large)];
      for (int k = 0; k < body.length; k++) {
        body[k] = (byte) ('a' + random.nextInt(26));
      }
      int dataOffset = random.nextInt(large == 0 ? 60 : 700);
      int metaOffset = random.nextInt(5) == 0 ? 1 + random.nextInt(100_000) : 0;
      records.add(
          new ModelRecord(
              seq,
              ts,
              new String(body, StandardCharsets.ISO_8859_1),
              dataOffset,
              metaOffset,
              random.nextInt(body.length + 1),
              text(random, nodes, "node"),
              text(random, tags, "tag-é")));
    }
    return records;
  }

  private static long gap(RandomGenerator random, int holes) {
    return switch (holes) {
      case 0 -> 0;
      case 1 -> random.nextInt(20) == 0 ? random.nextInt(1000) : 0;
      default -> random.nextInt(30) == 0 ? random.nextLong(1L << 40) : random.nextInt(3);
    };
  }

  private static int bodyBytes(RandomGenerator random, int large) {
    int kind = large == 0 ? 99 : random.nextInt(100);
    return kind == 0
        ? 20_000 + random.nextInt(60_000)
        : kind < 5 ? 1 + random.nextInt(4000) : 1 + random.nextInt(150);
  }

  private static @Nullable String text(RandomGenerator random, int variety, String prefix) {
    return switch (variety) {
      case 0 -> null;
      case 1 -> random.nextInt(3) == 0 ? null : prefix + random.nextInt(4);
      case 2 -> random.nextInt(3) == 0 ? "" : prefix.substring(random.nextInt(prefix.length()));
      default -> prefix + "/" + random.nextInt(5) + "/" + random.nextInt(1_000_000);
    };
  }
}
