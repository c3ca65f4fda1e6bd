package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.checkpoint.CheckpointWriter;
import dev.topics.storage.checkpoint.Checkpoints;
import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.checkpoint.Superblock;
import dev.topics.storage.pack.PackOptions;
import dev.topics.storage.pack.PackRecord;
import dev.topics.storage.pack.PackVerifier;
import dev.topics.storage.pack.PackWriter;
import dev.topics.storage.pack.PackedRun;
import dev.topics.storage.pack.Packs;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Packs and checkpoints of a closed store are read to the last byte.
final class FilesVerifierTest {
  private static final UUID STORE = new UUID(5, 6);
  private static final Superblock SUPERBLOCK = Superblock.initial(STORE, 1, STORE);
  private static final String PACK = "packs/0000000004.pack";
  private static final String CHECKPOINT = "checkpoints/0000000002.checkpoint";

  private final SimDisk disk = new SimDisk(1);

  private void write() throws IOException {
    PackRecord record = new PackRecord();
    byte[] body = new byte[100];
    try (Packs packs = Packs.open(disk, STORE, PackOptions.defaults());
        PackWriter writer = packs.create(4)) {
      writer.beginRun(7);
      for (long seq = 20; seq < 25; seq++) {
        MemorySegment bytes = MemorySegment.ofArray(body);
        writer.add(record.start(seq, 1).body(bytes, 0, body.length).values(10, 0, 50));
      }
      assertThat(writer.finish()).hasSize(1);
    }
    writeCheckpoint(2);
  }

  private void writeCheckpoint(long generation) throws IOException {
    LogStart start = new LogStart(99, 1, 1, 4096);
    try (CheckpointWriter writer = Checkpoints.open(disk, STORE).begin(generation, start)) {
      writer.add(MemorySegment.ofArray(new byte[100]));
      writer.finish();
    }
  }

  /// As somebody does who needs all packs and does not know what is in them.
  private FilesReport verify(Superblock superblock) throws IOException {
    Map<Long, List<PackedRun>> needed = new TreeMap<>();
    PackVerifier.packs(disk).forEach(pack -> needed.put(pack, List.of()));
    return FilesVerifier.verify(disk, superblock, needed, owner -> "topic " + owner);
  }

  @Test
  void aSoundStoreIsCountedToTheLastByte() throws IOException {
    write();
    FilesReport report = verify(SUPERBLOCK);
    assertThat(report.isSound()).isTrue();
    assertThat(report.notes()).isEmpty();
    assertThat(report.packs())
        .containsExactly(new FilesReport.PackReport(4, disk.size(PACK), 1, 5));
    assertThat(report.checkpoints()).containsExactly(new FilesReport.CheckpointReport(2, 100, 99));
  }

  @Test
  void damageNamesPackTopicAndSeqs() throws IOException {
    write();
    disk.flip(PACK, 600, 1);
    disk.flip(CHECKPOINT, 200, 1);
    FilesReport report = verify(SUPERBLOCK.checkpointed(2));
    assertThat(report.isSound()).isFalse();
    assertThat(report.damage())
        .containsExactly(
            "pack 4, topic 7, seqs 20 to 24: bytes 512 to 1016 are damaged",
            "checkpoint 2: damaged: bytes 160 to 260");
  }

  @Test
  void aDamagedOrMissingCheckpointIsOnlyNotedBesideAWholeOne() throws IOException {
    write();
    writeCheckpoint(1);
    disk.flip(CHECKPOINT, 200, 1);
    FilesReport damaged = verify(SUPERBLOCK.checkpointed(2));
    assertThat(damaged.isSound()).isTrue();
    assertThat(damaged.notes()).containsExactly("checkpoint 2: damaged: bytes 160 to 260");
    disk.lose(CHECKPOINT);
    FilesReport missing = verify(SUPERBLOCK.checkpointed(2));
    assertThat(missing.isSound()).isTrue();
    assertThat(missing.notes()).containsExactly("checkpoint 2: the file is missing");
  }

  @Test
  void aCheckpointThatNoStartUsesDoesNotReplaceOne() throws IOException {
    write();
    writeCheckpoint(5);
    assertThat(verify(SUPERBLOCK.checkpointed(2)).isSound()).isTrue();
    disk.lose(CHECKPOINT);
    assertThat(verify(SUPERBLOCK.checkpointed(2)).damage())
        .containsExactly("checkpoint 2: the file is missing");
  }

  @Test
  void aSealThatHasACopyIsOnlyNoted() throws IOException {
    write();
    disk.flip(PACK, 100, 1);
    FilesReport report = verify(SUPERBLOCK);
    assertThat(report.isSound()).isTrue();
    assertThat(report.notes())
        .containsExactly("pack 4: the seal at 0 is damaged; the other one is whole");
  }

  @Test
  void aStoreWithoutPacksAndCheckpointsIsSound() throws IOException {
    FilesReport report = verify(SUPERBLOCK);
    assertThat(report.isSound()).isTrue();
    assertThat(report.packs()).isEmpty();
    assertThat(report.checkpoints()).isEmpty();
  }
}
