package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.DirectoryLockedException;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.Damage;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameHandler;
import dev.topics.storage.journal.JournalVerifier;
import dev.topics.storage.journal.VerifyReport;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalVerifierTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withJournalFileBytes(8 << 10);

  private final List<Long> lsns = new ArrayList<>();
  private final List<Long> lsnsAfterDamage = new ArrayList<>();
  private final FrameHandler collect =
      new FrameHandler() {
        @Override
        public void frame(Frame frame) {
          lsns.add(frame.lsn());
        }

        @Override
        public void frameAfterDamage(Frame frame) {
          lsnsAfterDamage.add(frame.lsn());
        }
      };

  @TempDir private Path directory;

  @Test
  void aClosedStoreIsSound() throws IOException {
    SimDisk disk = store();
    VerifyReport report = JournalVerifier.verify(disk, collect);
    assertThat(report.isSound()).isTrue();
    assertThat(report.closed()).isTrue();
    assertThat(report.tail()).isEqualTo(VerifyReport.Tail.CLEAN);
    assertThat(report.frames()).isEqualTo(20).isEqualTo(lsns.size());
    assertThat(report.files()).hasSizeGreaterThan(2);
    assertThat(report.files().get(1).firstLsn()).isEqualTo(report.files().get(0).lastLsn() + 1);
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void nothingIsWritten() throws IOException {
    SimDisk disk = store();
    disk.flip("superblock-a", 30, 1);
    disk.flip("journal/0000000002.journal", 4200, 1);
    List<byte[]> before = disk.files().stream().map(disk::bytes).toList();
    JournalVerifier.verify(disk, collect);
    List<byte[]> after = disk.files().stream().map(disk::bytes).toList();
    assertThat(after.size()).isEqualTo(before.size());
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i)).isEqualTo(before.get(i));
    }
  }

  @Test
  void everyDamagedRangeIsNamedAndTheFramesBehindItAreHandedOut() throws IOException {
    SimDisk disk = store();
    disk.flip("journal/0000000001.journal", 4096 + 80, 1);
    disk.flip("journal/0000000003.journal", 4096 + 80, 1);
    VerifyReport report = JournalVerifier.verify(disk, collect);
    assertThat(report.isSound()).isFalse();
    assertThat(report.tail()).isEqualTo(VerifyReport.Tail.DAMAGED);
    assertThat(report.damage()).extracting(Damage::firstLsn).containsExactly(1L, 15L);
    assertThat(report.damage()).extracting(Damage::lastLsn).containsExactly(1L, 15L);
    assertThat(lsns).isEmpty();
    assertThat(lsnsAfterDamage).hasSize(18).doesNotContain(1L, 15L);
  }

  @Test
  void aTornTailIsNoDamage() throws IOException {
    SimDisk disk = store();
    Store store = Store.open(disk, OPTIONS, frame -> {});
    StoreTest.append(store.journal(), "never synced");
    SimDisk crashed = disk.crash(Crash.PROCESS);
    String last = crashed.files().stream().filter(n -> n.startsWith("journal/")).toList().getLast();
    byte[] bytes = crashed.bytes(last);
    assertThat(bytes.length).isEqualTo(8 << 10);
    VerifyReport whole = JournalVerifier.verify(crashed, collect);
    assertThat(whole.isSound()).isTrue();
    assertThat(whole.closed()).isFalse();
    assertThat(whole.frames()).isEqualTo(21);
    String current = whole.files().stream().filter(f -> f.lastLsn() == 21).toList().get(0).name();
    int at =
        new String(crashed.bytes(current), StandardCharsets.ISO_8859_1).indexOf("never synced");
    crashed.flip(current, at, 1);
    VerifyReport torn = JournalVerifier.verify(crashed, frame -> {});
    assertThat(torn.isSound()).isTrue();
    assertThat(torn.tail()).isEqualTo(VerifyReport.Tail.TORN);
    assertThat(torn.frames()).isEqualTo(20);
  }

  @Test
  void aDamagedSuperblockAndAMissingFileAreNamed() throws IOException {
    SimDisk disk = store();
    disk.flip("superblock-b", 30, 1);
    assertThat(JournalVerifier.verify(disk, collect).notes())
        .containsExactly("superblock-b is damaged or missing; the other copy is whole");
    disk.lose("journal/0000000002.journal");
    VerifyReport report = JournalVerifier.verify(disk, collect);
    assertThat(report.isSound()).isFalse();
    assertThat(report.damage())
        .extracting(Damage::file)
        .containsExactly("journal/0000000002.journal");
  }

  @Test
  void aStoreInUseIsLeftAlone() throws IOException {
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, OPTIONS, frame -> {})) {
      assertThat(store.bootEpoch()).isEqualTo(1);
      assertThatThrownBy(() -> JournalVerifier.verify(FileDisk.openExisting(directory), collect))
          .isInstanceOf(DirectoryLockedException.class);
    }
    assertThat(JournalVerifier.verify(FileDisk.openExisting(directory), collect).isSound())
        .isTrue();
  }

  @Test
  void aDirectoryThatIsNoStoreIsRefused() throws IOException {
    try (FileDisk disk = FileDisk.open(directory)) {
      assertThatThrownBy(() -> JournalVerifier.verify(disk, collect))
          .isNotInstanceOf(RefusedException.class)
          .hasMessageContaining(" is empty: no data directory");
      Files.writeString(directory.resolve("notes.txt"), "mine");
      assertThatThrownBy(() -> JournalVerifier.verify(disk, collect))
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("there are files, but no readable superblock");
    }
  }

  private static SimDisk store() throws IOException {
    SimDisk disk = new SimDisk(1);
    try (Store store = Store.open(disk, OPTIONS, frame -> {})) {
      for (int i = 0; i < 20; i++) {
        StoreTest.append(store.journal(), "frame number " + i + " ".repeat(500));
      }
    }
    return disk;
  }
}
