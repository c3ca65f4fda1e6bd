package dev.topics.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

final class FileDiskTest {
  @TempDir private Path directory;
  private FileDisk disk;

  @BeforeEach
  void openTheDirectory() throws IOException {
    disk = FileDisk.open(directory.resolve("deep/data"));
  }

  @Test
  void whatIsWrittenIsReadAndMapped() throws IOException {
    try (DiskFile file = disk.create("a");
        Arena arena = Arena.ofConfined()) {
      file.zeroFill(0, 200_000);
      file.writeFully(MemorySegment.ofArray(new byte[] {1, 2, 3}), 100_000);
      file.sync();
      assertThat(file.size()).isEqualTo(200_000);
      MemorySegment mapped = file.map(arena, 200_000, MapMode.READ_WRITE);
      assertThat(mapped.get(ValueLayout.JAVA_BYTE, 100_002)).isEqualTo((byte) 3);
      mapped.set(ValueLayout.JAVA_BYTE, 100_000, (byte) 9);
      byte[] read = new byte[3];
      file.readFully(MemorySegment.ofArray(read), 100_000);
      assertThat(read).containsExactly(9, 2, 3);
      assertThatThrownBy(() -> file.readFully(MemorySegment.ofArray(read), 199_999))
          .isInstanceOf(DiskFailedException.class)
          .hasMessageContaining("the file ends");
    }
  }

  /// A link to itself stands for all that keeps a process from knowing, as a lack of permission.
  @Test
  void whatCannotBeLookedForIsNotTakenForMissing() throws IOException {
    Path path = directory.resolve("deep/data/a");
    Files.createSymbolicLink(path, path);
    assertThatThrownBy(() -> disk.exists("a"))
        .isInstanceOf(DiskFailedException.class)
        .hasMessageContaining("cannot look for: " + path);
    assertThatThrownBy(() -> disk.list("a")).isInstanceOf(DiskFailedException.class);
    assertThat(disk.exists("b")).isFalse();
    assertThat(disk.list("b")).isEmpty();
  }

  @Test
  void readsThatDoNotWaitFindWhatIsInMemory() throws IOException {
    try (DiskFile file = disk.create("a")) {
      byte[] written = new byte[300_000];
      new SplittableRandom(1).nextBytes(written);
      file.writeFully(MemorySegment.ofArray(written), 0);
      file.sync();
      file.dropCached();
      byte[] now = new byte[200_000];
      boolean whole = file.readFullyNow(MemorySegment.ofArray(now), 1000);
      if (!whole) {
        file.warm(0, written.length);
        whole = file.readFullyNow(MemorySegment.ofArray(now), 1000);
      }
      assertThat(whole).isTrue();
      assertThat(now).isEqualTo(Arrays.copyOfRange(written, 1000, 201_000));
      assertThatThrownBy(() -> file.readFullyNow(MemorySegment.ofArray(now), 299_999))
          .isInstanceOf(DiskFailedException.class)
          .hasMessageContaining("the file ends");
    }
  }

  @Test
  void aMappingOutlivesItsFileAndEndsWithItsArena() throws IOException {
    MemorySegment mapped;
    try (Arena arena = Arena.ofConfined()) {
      try (DiskFile file = disk.create("a")) {
        file.zeroFill(0, 4096);
        mapped = file.map(arena, 4096, MapMode.READ_ONLY);
      }
      assertThat(mapped.isReadOnly()).isTrue();
      assertThat(mapped.get(ValueLayout.JAVA_BYTE, 0)).isZero();
    }
    assertThatThrownBy(() -> mapped.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void namesAreListedRenamedAndDeleted() throws IOException {
    disk.makeDirectory("sub");
    disk.makeDirectory("sub");
    disk.create("sub/b").close();
    disk.create("a").close();
    disk.syncDirectory("sub");
    disk.syncDirectory("");
    assertThat(disk.list("")).containsExactly("a", "sub");
    disk.rename("sub/b", "sub/c");
    assertThat(disk.list("sub")).containsExactly("c");
    assertThat(disk.exists("sub/b")).isFalse();
    disk.delete("sub/c");
    assertThat(disk.list("sub")).isEmpty();
    assertThat(disk.list("nowhere")).isEmpty();
    assertThatThrownBy(() -> disk.create("a")).hasMessageContaining("file exists");
    assertThatThrownBy(() -> disk.open("b"))
        .isInstanceOf(DiskFailedException.class)
        .hasMessageContaining("no such file or directory")
        .hasMessageContaining(directory.toString());
  }

  @Test
  void aThreadThatIsInterruptedReadsAndWritesAllTheSame() throws IOException {
    try (DiskFile file = disk.create("a")) {
      Thread.currentThread().interrupt();
      file.writeFully(MemorySegment.ofArray(new byte[] {1, 2, 3}), 0);
      file.sync();
      byte[] read = new byte[3];
      file.readFully(MemorySegment.ofArray(read), 0);
      assertThat(read).containsExactly(1, 2, 3);
      assertThat(Thread.interrupted()).isTrue();
      file.readFully(MemorySegment.ofArray(read), 0);
    }
  }

  @Test
  void theLockKeepsOthersOutUntilItIsClosed() throws IOException {
    try (DirectoryLock lock = disk.lock(LockMode.EXCLUSIVE)) {
      assertThat(lock).isNotNull();
      for (LockMode mode : LockMode.values()) {
        assertThatThrownBy(() -> FileDisk.open(directory.resolve("deep/data")).lock(mode))
            .isInstanceOf(DirectoryLockedException.class);
      }
    }
    disk.lock(LockMode.EXCLUSIVE).close();
  }

  @Test
  void aProcessIdThatCannotBeWrittenOrReadChangesNothing() throws Exception {
    Path lockFile = directory.resolve("deep/data/lock");
    Process mkfifo = new ProcessBuilder("mkfifo", lockFile.toString()).start();
    assertThat(mkfifo.waitFor()).isZero();
    for (int i = 0; i < 2; i++) {
      try (DirectoryLock lock = disk.lock(LockMode.EXCLUSIVE)) {
        assertThat(lock).isNotNull();
        assertThatThrownBy(() -> disk.lock(LockMode.EXCLUSIVE))
            .isInstanceOf(DirectoryLockedException.class)
            .hasMessageEndingWith("in use by another process");
      }
    }
  }

  /// Who cannot lock asks for the process id of the owner, which a pipe does not tell, and logs
  /// that: there its descriptor is taken away.
  @Test
  void aFailureToCloseDoesNotHideThatTheDirectoryIsLocked() throws Exception {
    Path lockFile = directory.resolve("deep/data/lock");
    assertThat(new ProcessBuilder("mkfifo", lockFile.toString()).start().waitFor()).isZero();
    Logger logger = (Logger) LoggerFactory.getLogger(FileDisk.class);
    try (DirectoryLock lock = disk.lock(LockMode.EXCLUSIVE)) {
      assertThat(lock).isNotNull();
      Set<Integer> before = descriptors(lockFile);
      AppenderBase<ILoggingEvent> closing =
          new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
              Set<Integer> opened = descriptors(lockFile);
              opened.removeAll(before);
              opened.forEach(Libc::close);
            }
          };
      closing.start();
      logger.addAppender(closing);
      logger.setLevel(Level.DEBUG);
      assertThatThrownBy(() -> disk.lock(LockMode.EXCLUSIVE))
          .isInstanceOf(DirectoryLockedException.class)
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
      logger.detachAppender(closing);
    } finally {
      logger.setLevel(null);
    }
  }

  /// Of this process, on a file.
  private static Set<Integer> descriptors(Path file) {
    Set<Integer> found = new HashSet<>();
    File[] all = Objects.requireNonNull(new File("/proc/self/fd").listFiles());
    for (File descriptor : all) {
      try {
        if (Files.readSymbolicLink(descriptor.toPath()).equals(file.toRealPath())) {
          found.add(Integer.parseInt(descriptor.getName()));
        }
      } catch (IOException closedMeanwhile) {
        assertThat(descriptor).doesNotExist();
      }
    }
    return found;
  }

  @Test
  void closingAnotherDescriptorOfTheLockFileDoesNotDropTheLock() throws IOException {
    try (DirectoryLock lock = disk.lock(LockMode.EXCLUSIVE)) {
      assertThat(lock).isNotNull();
      disk.open("lock").close();
      assertThatThrownBy(() -> disk.lock(LockMode.EXCLUSIVE))
          .isInstanceOf(DirectoryLockedException.class);
    }
  }

  @Test
  void readersShareTheLock() throws IOException {
    disk.lock(LockMode.EXCLUSIVE).close();
    try (DirectoryLock one = disk.lock(LockMode.SHARED);
        DirectoryLock two = disk.lock(LockMode.SHARED)) {
      assertThat(one).isNotSameAs(two);
      assertThatThrownBy(() -> disk.lock(LockMode.EXCLUSIVE))
          .isInstanceOf(DirectoryLockedException.class);
    }
  }

  @Test
  void aFullDeviceIsToldApartFromABrokenOne() {
    assertThatThrownBy(() -> Errno.check(-28, "write", "/data/a"))
        .isInstanceOf(DiskFullException.class)
        .hasMessage("cannot write: /data/a: no space left on device");
    assertThatThrownBy(() -> Errno.check(-122, "write", "/data/a"))
        .isInstanceOf(DiskFullException.class);
    for (long errno : new long[] {12, 23, 24}) {
      assertThatThrownBy(() -> Errno.check(-errno, "open", "/data/a"))
          .isInstanceOf(ProcessExhaustedException.class);
    }
    assertThatThrownBy(() -> Errno.check(-5, "sync", "/data/a"))
        .isInstanceOf(DiskFailedException.class)
        .hasMessage("cannot sync: /data/a: input/output error");
  }

  @Test
  void aDirectoryThatIsNotThereIsMadeOrNamed() throws IOException {
    assertThat(Files.isDirectory(directory.resolve("deep/data"))).isTrue();
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> FileDisk.openExisting(missing))
        .hasMessage("there is no directory " + missing);
    assertThat(Files.exists(missing)).isFalse();
  }

  @Test
  void theBootIdIsOneOfTheKernel() throws IOException {
    assertThat(UUID.fromString(disk.bootId()).toString()).isEqualTo(disk.bootId());
    assertThat(disk.freeBytes()).isPositive();
  }
}
