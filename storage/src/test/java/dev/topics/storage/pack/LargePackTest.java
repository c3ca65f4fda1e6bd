package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.sim.LargeFileDisk;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A pack with more bytes than 32 bits can count.
final class LargePackTest {
  private static final int BODY_BYTES = (2 << 20) - 1;
  private static final int RECORDS = 2100;

  @Test
  void aPackBeyondFourGibibytesIsReadToItsEnd() throws IOException {
    LargeFileDisk disk = new LargeFileDisk(new SimDisk(1));
    try (Arena arena = Arena.ofConfined();
        Packs packs = PackModel.open(disk, PackOptions.defaults());
        RunReader reader = packs.newReader()) {
      MemorySegment body = arena.allocate(BODY_BYTES).fill(LargeFileDisk.FILLER);
      List<PackedRun> runs = write(packs, body);
      PackedRun large = runs.getFirst();
      assertThat(large.bodyBytes()).isEqualTo((long) BODY_BYTES * RECORDS).isGreaterThan(1L << 32);
      assertThat(reader.open(large)).isTrue();
      for (int i = 0; i < RECORDS; i++) {
        assertThat(reader.payloadBefore(i)).isEqualTo((BODY_BYTES - 1L) * i);
      }
      assertThat(reader.payloadBefore(RECORDS)).isEqualTo(large.payloadBytes());
      assertThat(reader.read(RECORDS - 1, RECORDS).mismatch(body)).isEqualTo(-1);
      assertThat(reader.open(runs.getLast())).isTrue();
      assertThat(reader.seq(0)).isEqualTo(77);
      assertThat(reader.read(0, 1).mismatch(body.asSlice(0, 10))).isEqualTo(-1);
      try (PackVerifier verifier = PackVerifier.open(disk, PackModel.STORE, 1, runs)) {
        long bytes = 0;
        for (long step = verifier.step(1 << 20); step > 0; step = verifier.step(1 << 20)) {
          bytes += step;
        }
        assertThat(bytes).isGreaterThan(large.bodyBytes());
        assertThat(verifier.damage()).isEmpty();
      }
    }
  }

  private static List<PackedRun> write(Packs packs, MemorySegment body) throws IOException {
    PackRecord record = new PackRecord();
    try (PackWriter writer = packs.create(1)) {
      writer.beginRun(5);
      for (int i = 0; i < RECORDS; i++) {
        writer.add(record.start(i + 1L, i).body(body, 0, BODY_BYTES).values(2, 0, BODY_BYTES - 1));
      }
      writer.beginRun(6);
      writer.add(record.start(77, 88).body(body, 0, 10).values(2, 0, 1));
      return writer.finish();
    }
  }
}
