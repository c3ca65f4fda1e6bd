package dev.topics.engine.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.engine.record.AppendBlock;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.pack.PackRecord;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Records of packs look like those of an append.
final class PackedBlocksTest {
  private static final byte[] BODY =
      "{\"$seq\":1,\"$ts\":1000000000000,\"data\":1}".getBytes(StandardCharsets.US_ASCII);

  @Test
  void anEmptyTagIsATag() throws IOException {
    try (Packs packs = Packs.open(new SimDisk(1), new UUID(1, 2), PackOptions.defaults())) {
      PackedRun run;
      try (PackWriter writer = packs.create(1)) {
        writer.beginRun(7);
        PackRecord record = new PackRecord();
        MemorySegment body = MemorySegment.ofArray(BODY);
        record
            .start(1, 1_000_000_000_000L)
            .body(body, 0, BODY.length)
            .values(BODY.length - 2, 0, 1);
        record.tag(MemorySegment.ofArray(new byte[0]), 0, 0);
        writer.add(record);
        run = writer.finish().getFirst();
      }
      PackedBlocks blocks = new PackedBlocks(packs);
      AppendBlock block = blocks.read(run, 1, 1, 1);
      assertThat(block.hasTag(0)).isTrue();
      assertThat(block.hasTags()).isTrue();
      blocks.leave();
    }
  }
}
