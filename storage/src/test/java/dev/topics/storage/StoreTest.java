package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.DirectoryLockedException;
import dev.topics.storage.disk.DiskFailedException;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.disk.RefusedException;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameReader;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalListener;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The store on the real disk.
final class StoreTest {
  private static final StoreOptions SMALL = StoreOptions.defaults().withJournalFileBytes(16 << 10);

  @TempDir private Path directory;

  /// Who finds a superblock does not know whether its name is durable; what is made beside it must
  /// not outlive it.
  @Test
  void aFirstStartThatIsKilledAndASecondThatLosesPowerDoNotKeepTheThirdFromStarting()
      throws IOException {
    for (int seed = 1; seed <= 8; seed++) {
      for (int killedAt = 5; killedAt < 30; killedAt++) {
        for (int cutAt = 0; cutAt < 25; cutAt++) {
          SimDisk disk = new SimDisk(seed);
          disk = startUntil(disk, killedAt, Crash.PROCESS);
          disk = startUntil(disk, cutAt, Crash.POWER);
          try (Store store = Store.open(disk, SMALL, frame -> {})) {
            assertThat(store.bootEpoch()).isBetween(1, 3);
          }
        }
      }
    }
  }

  private static SimDisk startUntil(SimDisk disk, int operation, Crash crash) throws IOException {
    disk.fail(new Fault(operation, Fault.Kind.EIO, true));
    try (Store store = Store.open(disk, SMALL, frame -> {})) {
      assertThat(store.bootEpoch()).isPositive();
    } catch (DiskFailedException cutShort) {
      assertThat(cutShort).hasMessageNotContaining("damaged");
    }
    return disk.crash(crash);
  }

  @Test
  void aForeignDirectoryIsLeftWithoutALock(@TempDir Path foreign) throws IOException {
    Files.writeString(foreign.resolve("notes.txt"), "mine");
    try (FileDisk disk = FileDisk.open(foreign)) {
      assertThatThrownBy(() -> Store.open(disk, StoreOptions.defaults(), frame -> {}))
          .isInstanceOf(RefusedException.class);
    }
    assertThat(foreign.toFile().list()).containsExactly("notes.txt");
  }

  @Test
  void framesOfAClosedStoreAreReplayedInOrder() throws IOException {
    List<String> sent = new ArrayList<>();
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, SMALL, frame -> {})) {
      assertThat(store.priorShutdown()).isEqualTo(PriorShutdown.FIRST_START);
      assertThat(store.bootEpoch()).isEqualTo(1);
      for (int i = 0; i < 500; i++) {
        sent.add("frame number " + i + " ".repeat(i % 97));
        append(store.journal(), sent.getLast());
      }
    }
    try (FileDisk disk = FileDisk.open(directory)) {
      List<String> replayed = new ArrayList<>();
      try (Store store = Store.open(disk, SMALL, frame -> replayed.add(text(frame)))) {
        assertThat(store.priorShutdown()).isEqualTo(PriorShutdown.CLEAN);
        assertThat(store.bootEpoch()).isEqualTo(2);
        assertThat(replayed).isEqualTo(sent);
        assertThat(store.journal().lastLsn()).isEqualTo(500);
        append(store.journal(), "one more");
      }
    }
    List<String> replayed = new ArrayList<>();
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, SMALL, frame -> replayed.add(text(frame)))) {
      assertThat(store.bootEpoch()).isEqualTo(3);
      assertThat(replayed).hasSize(501).endsWith("one more");
    }
  }

  @Test
  void committedFramesCanBeReadAtTheirPositions() throws IOException {
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, SMALL, frame -> {})) {
      List<Long> positions = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        append(store.journal(), "frame number " + i);
        positions.add(store.journal().position());
      }
      FrameReader reader = store.journal().newReader();
      for (int i = 0; i < 500; i++) {
        Frame frame = reader.read(positions.get(i));
        assertThat(frame.lsn()).isEqualTo(i + 1);
        assertThat(frame.type()).isEqualTo(7);
        assertThat(frame.operationCount()).isEqualTo(1);
        assertThat(frame.topicId()).isEqualTo(42);
        assertThat(text(frame)).isEqualTo("frame number " + i);
      }
    }
  }

  @Test
  void aSecondStoreInTheSameDirectoryIsRefused() throws IOException {
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, SMALL, frame -> {})) {
      assertThat(store.bootEpoch()).isEqualTo(1);
      assertThatThrownBy(() -> Store.open(FileDisk.open(directory), SMALL, frame -> {}))
          .isInstanceOf(DirectoryLockedException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void aWaitedForFrameBecomesDurable() throws Exception {
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, SMALL, frame -> {})) {
      CountDownLatch durable = new CountDownLatch(1);
      store.journal().listen(new CountingListener(durable));
      store.start(Thread.ofPlatform().daemon().factory());
      append(store.journal(), "important");
      store.journal().requestSync(1);
      assertThat(durable.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(store.journal().durableLsn()).isEqualTo(1);
    }
  }

  private record CountingListener(CountDownLatch durable) implements JournalListener {
    @Override
    public void durable(long lsn) {
      durable.countDown();
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  static void append(Journal journal, String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    Room room = journal.claim(payload.length, Urgency.APPEND);
    while (room == Room.NO_SPARE) {
      journal.prepareSpare();
      room = journal.claim(payload.length, Urgency.APPEND);
    }
    assertThat(room).isEqualTo(Room.OK);
    MemorySegment.copy(
        payload,
        0,
        journal.region(),
        ValueLayout.JAVA_BYTE,
        journal.regionOffset(),
        payload.length);
    journal.commit(7, 1, 42);
  }

  static String text(Frame frame) {
    byte[] payload =
        frame
            .segment()
            .asSlice(frame.payloadOffset(), frame.payloadBytes())
            .toArray(ValueLayout.JAVA_BYTE);
    return new String(payload, StandardCharsets.UTF_8);
  }
}
