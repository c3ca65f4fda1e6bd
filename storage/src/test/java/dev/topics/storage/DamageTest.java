package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.DamagedException;
import dev.topics.storage.journal.FrameHandler;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// Bytes rot, are lost or turn up elsewhere: that is named or harmless, and never served, and what
/// is damaged is never cut off.
final class DamageTest {
  private static final StoreOptions SMALL = StoreOptions.defaults().withJournalFileBytes(8 << 10);
  private static final int TRIALS = Integer.getInteger("topics.trials", 4000) / 4;

  @Test
  void everyFlippedByteOfASmallStoreIsHarmlessOrNamed() throws IOException {
    SimDisk pristine = closedStore(20);
    List<byte[]> frames = replay(pristine.copy());
    SplittableRandom random = new SplittableRandom(7);
    int named = 0;
    for (String name : pristine.files()) {
      for (long at = 0; at < pristine.size(name); at++) {
        SimDisk disk = pristine.copy();
        disk.flip(name, at, 1 << random.nextInt(8));
        named += harmlessOrNamed(disk, frames) ? 0 : 1;
      }
    }
    assertThat(named).isGreaterThan(20 * 64);
  }

  @Test
  void everyFlippedByteAfterACrashIsHarmlessOrNamed() throws IOException {
    SimDisk disk = closedStore(20);
    Store store = Store.open(disk, SMALL, frame -> {});
    assertThat(store.bootEpoch()).isEqualTo(2);
    SimDisk pristine = disk.crash(Crash.POWER);
    List<byte[]> frames = replay(pristine.copy());
    SplittableRandom random = new SplittableRandom(8);
    for (String name : pristine.files()) {
      for (long at = random.nextInt(3); at < pristine.size(name); at += 3) {
        SimDisk flipped = pristine.copy();
        flipped.flip(name, at, 1 << random.nextInt(8));
        harmlessOrNamed(flipped, frames);
      }
    }
  }

  @Test
  void damageOfAnyKindAfterAnyLifeIsHarmlessOrNamed() throws IOException {
    for (long seed = 1; seed <= TRIALS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      StorageTrial trial = new StorageTrial(random.nextLong(), UnaryOperator.identity());
      trial.run(2);
      SimDisk disk = trial.disk();
      List<byte[]> frames = replay(disk.copy());
      damage(disk, random);
      try {
        harmlessOrNamed(disk, frames);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void damageNamesTheFileTheOffsetAndTheLostFrames() throws IOException {
    SimDisk disk = closedStore(20);
    disk.flip("journal/0000000001.journal", 4096 + 70, 1);
    assertThatThrownBy(() -> replay(disk))
        .isInstanceOfSatisfying(
            DamagedException.class,
            e -> {
              assertThat(e.damage().file()).isEqualTo("journal/0000000001.journal");
              assertThat(e.damage().offset()).isEqualTo(4096);
              assertThat(e.damage().firstLsn()).isEqualTo(1);
              assertThat(e.damage().lastLsn()).isEqualTo(1);
              assertThat(e.damage().topicId()).isEqualTo(42);
            });
    assertThat(disk.files()).contains("quarantine/0000000001.journal.at-1");
    assertThat(disk.bytes("quarantine/0000000001.journal.at-1"))
        .isEqualTo(disk.bytes("journal/0000000001.journal"));
  }

  @Test
  void oneDamagedSuperblockIsRepairedFromTheOther() throws IOException {
    for (String name : List.of("superblock-a", "superblock-b")) {
      SimDisk disk = closedStore(3);
      byte[] whole = disk.bytes(name);
      disk.flip(name, 40, 1);
      assertThat(replay(disk)).hasSize(3);
      assertThat(disk.bytes(name)).isNotEqualTo(whole);
      disk.lose(name);
      assertThat(replay(disk)).hasSize(3);
      assertThat(disk.files()).contains(name);
    }
  }

  @Test
  void aStoreWithoutAWholeSuperblockIsNeverTakenForANewOne() throws IOException {
    SimDisk damaged = closedStore(3);
    damaged.flip("superblock-a", 40, 1);
    damaged.flip("superblock-b", 40, 1);
    assertThatThrownBy(() -> replay(damaged))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("superblock");
    SimDisk missing = closedStore(3);
    missing.lose("superblock-a");
    missing.lose("superblock-b");
    assertThatThrownBy(() -> replay(missing)).isInstanceOf(RefusedException.class);
  }

  @Test
  void anUnknownFormatVersionIsRefused() throws IOException {
    SimDisk disk = closedStore(3);
    Bytes.withVersion(disk, "superblock-a", 508, 3);
    assertThatThrownBy(() -> replay(disk))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("format version 3, this program reads 2");
    SimDisk journal = closedStore(3);
    Bytes.withVersion(journal, "journal/0000000001.journal", 60, 9);
    assertThatThrownBy(() -> replay(journal))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("format version 9, this program reads 1");
  }

  @Test
  void bytesThatTheDiskCannotReadAreNamedAndNothingIsChanged() throws IOException {
    SimDisk disk = closedStore(20);
    List<byte[]> before = journalFiles(disk);
    disk.mappingsUnreadable(true);
    assertThatThrownBy(() -> replay(disk))
        .isInstanceOf(DiskFailedException.class)
        .hasMessageContaining("journal/0000000001.journal: bytes 0 to 4096");
    disk.mappingsUnreadable(false);
    List<byte[]> after = journalFiles(disk);
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i)).isEqualTo(before.get(i));
    }
    assertThat(replay(disk)).hasSize(20);
  }

  @Test
  void aFileOfAnotherStoreIsNamed() throws IOException {
    SimDisk disk = closedStore(20);
    SimDisk other = closedStore(20);
    String name = "journal/0000000002.journal";
    disk.overwrite(name, 0, other.bytes(name));
    assertThatThrownBy(() -> replay(disk))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("a file of another store");
  }

  private static void damage(SimDisk disk, SplittableRandom random) {
    List<String> files = disk.files();
    String name = files.get(random.nextInt(files.size()));
    long size = disk.size(name);
    switch (random.nextInt(6)) {
      case 0 -> disk.flip(name, random.nextLong(size), 1 << random.nextInt(8));
      case 1 -> disk.overwrite(name, random.nextLong(size / 512) * 512, new byte[512]);
      case 2 -> {
        byte[] garbage = new byte[512];
        random.nextBytes(garbage);
        disk.overwrite(name, random.nextLong(size / 512) * 512, garbage);
      }
      case 3 -> {
        String from = files.get(random.nextInt(files.size()));
        long sector = random.nextLong(disk.size(from) / 512);
        disk.misdirect(from, sector, name, random.nextLong(size / 512));
      }
      case 4 -> disk.lose(name);
      default -> disk.cut(name, random.nextLong(size));
    }
  }

  /// Whether the store opened with all of its frames; fails if it opened with anything else.
  private static boolean harmlessOrNamed(SimDisk disk, List<byte[]> frames) throws IOException {
    List<byte[]> before = journalFiles(disk);
    try {
      List<byte[]> replayed = replay(disk);
      assertThat(replayed.size()).isEqualTo(frames.size());
      for (int i = 0; i < frames.size(); i++) {
        assertThat(replayed.get(i)).isEqualTo(frames.get(i));
      }
      return true;
    } catch (DamagedException | RefusedException e) {
      List<byte[]> after = journalFiles(disk);
      assertThat(after.size()).isEqualTo(before.size());
      for (int i = 0; i < before.size(); i++) {
        assertThat(after.get(i)).isEqualTo(before.get(i));
      }
      return false;
    }
  }

  private static List<byte[]> journalFiles(SimDisk disk) {
    List<byte[]> bytes = new ArrayList<>();
    for (String name : disk.files()) {
      if (name.startsWith("journal/")) {
        bytes.add(disk.bytes(name));
      }
    }
    return bytes;
  }

  private static SimDisk closedStore(int frames) throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      for (int i = 0; i < frames; i++) {
        StoreTest.append(store.journal(), "frame number " + i + " ".repeat(500));
        assertThat(store.journal().spareMaker().step()).isNotNegative();
      }
    }
    return disk;
  }

  private static List<byte[]> replay(SimDisk disk) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    List<Long> lsns = new ArrayList<>();
    FrameHandler handler =
        frame -> {
          frames.add(StorageOracle.payload(frame));
          lsns.add(frame.lsn());
        };
    try (Store store = Store.open(disk, SMALL, handler)) {
      long lastLsn = store.journal().lastLsn();
      assertThat(lsns)
          .isEqualTo(LongStream.rangeClosed(lastLsn - lsns.size() + 1, lastLsn).boxed().toList());
    }
    return frames;
  }

  /// Edits of files that keep their checksums right.
  private static final class Bytes {
    static void withVersion(SimDisk disk, String name, int crcAt, int version) {
      byte[] head = Arrays.copyOf(disk.bytes(name), crcAt + 4);
      ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putInt(8, version);
      CRC32C crc = new CRC32C();
      crc.update(head, 0, crcAt);
      bytes.putInt(crcAt, (int) crc.getValue());
      disk.overwrite(name, 0, head);
    }
  }
}
