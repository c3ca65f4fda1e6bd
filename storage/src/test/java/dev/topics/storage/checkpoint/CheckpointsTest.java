package dev.topics.storage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.NewFile;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.sim.CountingDisk;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.FailedSync;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.LargeFileDisk;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A checkpoint is read as it was written, or not at all, and then the one before is.
final class CheckpointsTest {
  private static final UUID STORE = new UUID(3, 4);
  private static final String SECOND = "checkpoints/0000000002.checkpoint";
  private static final int TRIALS = Integer.getInteger("topics.trials", 4000) / 10;

  private static LogStart start(long generation) {
    return new LogStart(generation * 1000, (int) generation * 77, generation, 4096);
  }

  private static List<byte[]> chunks(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<byte[]> chunks = new ArrayList<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      byte[] chunk = new byte[random.nextInt(300)];
      random.nextBytes(chunk);
      chunks.add(chunk);
    }
    return chunks;
  }

  private static void write(Checkpoints checkpoints, long generation, List<byte[]> chunks)
      throws IOException {
    try (CheckpointWriter writer = checkpoints.begin(generation, start(generation))) {
      for (byte[] chunk : chunks) {
        writer.add(MemorySegment.ofArray(chunk));
      }
      writer.finish();
    }
  }

  private static Checkpoints twoGenerations(Disk disk) throws IOException {
    Checkpoints checkpoints = Checkpoints.open(disk, STORE);
    write(checkpoints, 1, chunks(1));
    write(checkpoints, 2, chunks(2));
    return checkpoints;
  }

  /// What a recovery from the superblock's generation reads; checks that it is what was written.
  private static Checkpoints.Recovered recover(Disk disk, long newest) throws IOException {
    List<byte[]> read = new ArrayList<>();
    Checkpoints.Recovered recovered =
        Objects.requireNonNull(
            Checkpoints.open(disk, STORE)
                .recover(
                    newest,
                    () -> {
                      read.clear();
                      return bytes -> read.add(bytes.toArray(ValueLayout.JAVA_BYTE));
                    }));
    List<byte[]> written = chunks(recovered.generation());
    assertThat(read).hasSameSizeAs(written);
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).isEqualTo(written.get(i));
    }
    assertThat(recovered.start()).isEqualTo(start(recovered.generation()));
    return recovered;
  }

  @Test
  void theNewestThatTheSuperblockTellsIsTaken() throws IOException {
    SimDisk disk = new SimDisk(1);
    Checkpoints checkpoints = twoGenerations(disk);
    assertThat(recover(disk, 2).generation()).isEqualTo(2);
    assertThat(recover(disk, 1).generation()).isEqualTo(1);
    assertThat(checkpoints.recover(0, () -> bytes -> {})).isNull();
  }

  @Test
  void olderGenerationsAreDeleted() throws IOException {
    SimDisk disk = new SimDisk(1);
    Checkpoints checkpoints = twoGenerations(disk);
    write(checkpoints, 3, chunks(3));
    checkpoints.deleteBelow(2);
    assertThat(checkpoints.generations()).containsExactly(2L, 3L);
    assertThat(recover(disk.crash(Crash.POWER), 3).generation()).isEqualTo(3);
  }

  @Test
  void everyFlippedByteLeavesTheOlderOne() throws IOException {
    SimDisk disk = new SimDisk(1);
    twoGenerations(disk);
    SplittableRandom random = new SplittableRandom(5);
    for (long at = 0; at < disk.size(SECOND); at++) {
      int mask = 1 << random.nextInt(8);
      disk.flip(SECOND, at, mask);
      Checkpoints.Recovered recovered = recover(disk, 2);
      assertThat(recovered.generation()).as("byte %d", at).isEqualTo(1);
      assertThat(recovered.unreadable()).singleElement().asString().startsWith("checkpoint 2: ");
      disk.flip(SECOND, at, mask);
    }
    assertThat(recover(disk, 2).generation()).isEqualTo(2);
  }

  @Test
  void everyTruncationLeavesTheOlderOne() throws IOException {
    SimDisk disk = new SimDisk(1);
    twoGenerations(disk);
    byte[] whole = disk.bytes(SECOND);
    for (int size = 0; size < whole.length; size++) {
      replace(disk, Arrays.copyOf(whole, size));
      assertThat(recover(disk, 2).generation()).isEqualTo(1);
    }
    replace(disk, Arrays.copyOf(whole, whole.length + 1));
    assertThat(recover(disk, 2).generation()).isEqualTo(1);
    disk.lose(SECOND);
    assertThat(recover(disk, 2).generation()).isEqualTo(1);
  }

  @Test
  void aCheckpointInThePlaceOfAnotherIsNoticed() throws IOException {
    SimDisk disk = new SimDisk(1);
    twoGenerations(disk);
    replace(disk, disk.bytes("checkpoints/0000000001.checkpoint"));
    assertThat(recover(disk, 2).unreadable().getFirst()).contains("the file is generation 1");
    SimDisk elsewhere = new SimDisk(2);
    write(Checkpoints.open(elsewhere, new UUID(1, 1)), 2, chunks(2));
    replace(disk, elsewhere.bytes(SECOND));
    assertThat(recover(disk, 2).unreadable().getFirst()).contains("of store");
  }

  @Test
  void aStoreThatHadACheckpointNeverStartsWithoutOne() throws IOException {
    SimDisk disk = new SimDisk(1);
    twoGenerations(disk);
    disk.lose(SECOND);
    disk.flip("checkpoints/0000000001.checkpoint", 130, 1);
    assertThatThrownBy(() -> recover(disk, 2))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("no checkpoint can be read: checkpoint 2: the file is missing");
  }

  @Test
  void anUnknownFormatVersionIsRefused() throws IOException {
    SimDisk disk = new SimDisk(1);
    twoGenerations(disk);
    byte[] bytes = disk.bytes(SECOND);
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(8, 2);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, 124);
    header.putInt(124, (int) crc.getValue());
    replace(disk, bytes);
    assertThatThrownBy(() -> recover(disk, 2))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("has format version 2, this program reads 1");
  }

  @Test
  void anyBytesAreReadOrNamed() throws IOException {
    for (long seed = 1; seed <= TRIALS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SimDisk disk = new SimDisk(seed);
      twoGenerations(disk);
      byte[] bytes = disk.bytes(SECOND);
      byte[] garbage = new byte[1 + random.nextInt(64)];
      random.nextBytes(garbage);
      switch (random.nextInt(3)) {
        case 0 -> bytes = garbage;
        case 1 ->
            System.arraycopy(garbage, 0, bytes, random.nextInt(bytes.length - 64), garbage.length);
        default -> bytes = Arrays.copyOf(bytes, random.nextInt(2 * bytes.length));
      }
      replace(disk, bytes);
      assertThat(recover(disk, 2).generation()).as("seed %d", seed).isIn(1L, 2L);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EIO, MARKS_CLEAN", "EIO, DROPS", "EIO, STAYS_BROKEN",
    "ENOSPC, MARKS_CLEAN", "ENOSPC, DROPS", "ENOSPC, STAYS_BROKEN",
    "SHORT_WRITE, MARKS_CLEAN"
  })
  void aFaultAtAnyOperationLosesNoFinishedCheckpoint(Fault.Kind kind, FailedSync model)
      throws IOException {
    SimDisk faultless = new SimDisk(1);
    assertThat(live(faultless)).isEqualTo(3);
    long operations = faultless.operations();
    for (long at = 0; at < operations; at++) {
      for (Crash crash : Crash.values()) {
        SimDisk disk = new SimDisk(at).failedSync(model).fail(new Fault(at, kind, false));
        try {
          CountingDisk counting = new CountingDisk(disk);
          long finished = live(counting);
          assertThat(counting.open()).isZero();
          assertThat(disk.files()).noneMatch(name -> name.endsWith(NewFile.SUFFIX));
          SimDisk next = disk.noFaults().crash(crash);
          if (finished > 0) {
            assertThat(recover(next, finished).generation()).isEqualTo(finished);
          }
          write(Checkpoints.open(next, STORE), finished + 1, chunks(finished + 1));
          assertThat(recover(next, finished + 1).generation()).isEqualTo(finished + 1);
          assertThat(next.files()).noneMatch(name -> name.endsWith(".new"));
        } catch (AssertionError e) {
          throw new AssertionError("%s at %d, then %s: %s".formatted(kind, at, crash, e), e);
        }
      }
    }
  }

  /// Writes generations until one fails; answers the last that was finished.
  private static long live(Disk disk) throws IOException {
    long finished = 0;
    try {
      Checkpoints checkpoints = Checkpoints.open(disk, STORE);
      for (long generation = 1; generation <= 3; generation++) {
        write(checkpoints, generation, chunks(generation));
        finished = generation;
        checkpoints.deleteBelow(generation - 1);
      }
    } catch (DiskException e) {
      assertThat(finished).isLessThanOrEqualTo(3);
    }
    return finished;
  }

  @Test
  void aCheckpointBeyondFourGibibytesIsReadToItsEnd() throws IOException {
    LargeFileDisk disk = new LargeFileDisk(new SimDisk(1));
    Checkpoints checkpoints = Checkpoints.open(disk, STORE);
    int count = 1040;
    try (Arena arena = Arena.ofConfined();
        CheckpointWriter writer = checkpoints.begin(1, start(1))) {
      MemorySegment chunk =
          arena.allocate(CheckpointWriter.CHUNK_BYTES_MAX).fill(LargeFileDisk.FILLER);
      for (int i = 0; i < count; i++) {
        writer.add(chunk);
      }
      writer.finish();
      assertThat(writer.bytes()).isGreaterThan(1L << 32);
    }
    AtomicLong bytes = new AtomicLong();
    checkpoints.read(1, chunk -> bytes.addAndGet(chunk.byteSize()));
    assertThat(bytes.get()).isEqualTo((long) count * CheckpointWriter.CHUNK_BYTES_MAX);
  }

  private static void replace(SimDisk disk, byte[] bytes) throws IOException {
    try (DiskFile file = disk.open(SECOND)) {
      file.truncate(0);
      file.writeFully(MemorySegment.ofArray(bytes), 0);
      file.sync();
    }
  }
}
