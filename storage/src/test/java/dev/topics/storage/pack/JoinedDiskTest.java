package dev.topics.storage.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskException;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which of two copies of a pack is read, and what becomes of the other one.
final class JoinedDiskTest {
  private static final String NAME = "packs/0000000001.pack";

  private final SimDisk data = new SimDisk(1);
  private final SimDisk cold = new SimDisk(2);
  private byte[] pack = new byte[0];
  private int open;

  /// Counts the files that are open.
  private class Counting extends WrappedDisk {
    Counting(Disk disk) {
      super(disk);
    }

    @Override
    protected DiskFile wrap(DiskFile file) {
      open++;
      return new WrappedFile(file) {
        @Override
        public void close() throws IOException {
          open--;
          super.close();
        }
      };
    }
  }

  /// The pack is in both directories.
  @BeforeEach
  void copyThePack() throws IOException {
    PackOptions options = PackOptions.defaults();
    try (Packs packs = Packs.open(data, cold, UUID.randomUUID(), PackModel.STORE, options)) {
      PackModel.write(packs, 1, PackModel.randomOwners(new SplittableRandom(6), 80));
      try (PackMove move = packs.move(1)) {
        while (move.step(1 << 20) > 0) {}
      }
    }
    pack = data.bytes(NAME);
  }

  @AfterEach
  void noFileIsLeftOpen() {
    assertThat(open).isZero();
  }

  private byte[] read() throws IOException {
    return read(new Counting(cold));
  }

  private byte[] read(Disk other) throws IOException {
    try (JoinedDisk joined = JoinedDisk.of(new Counting(data), other);
        DiskFile file = joined.openForReading(NAME)) {
      assertThat(open).isEqualTo(1);
      byte[] bytes = new byte[Math.toIntExact(file.size())];
      file.readFully(MemorySegment.ofArray(bytes), 0);
      return bytes;
    }
  }

  private static void append(SimDisk disk) throws IOException {
    try (DiskFile file = disk.open(NAME)) {
      file.writeFully(MemorySegment.ofArray(new byte[600]), file.size());
    }
  }

  @Test
  void theCopyHereCountsIfItIsWhole() throws IOException {
    append(cold);
    assertThat(read()).isEqualTo(pack);
    cold.cut(NAME, 100);
    assertThat(read()).isEqualTo(pack);
    cold.lose(NAME);
    assertThat(read()).isEqualTo(pack);
  }

  @Test
  void theColdCopyCountsIfOnlyThatIsWhole() throws IOException {
    data.cut(NAME, 100);
    assertThat(read()).isEqualTo(pack);
    data.lose(NAME);
    assertThat(read()).isEqualTo(pack);
  }

  @Test
  void aLongerFileHereDoesNotHideTheWholeOneThere() throws IOException {
    append(data);
    assertThat(read()).isEqualTo(pack);
  }

  @Test
  void ofTwoThatAreNotWholeTheOneHereIsRead() throws IOException {
    data.cut(NAME, 100);
    cold.cut(NAME, 200);
    assertThat(read()).hasSize(100);
  }

  /// The owner deletes the pack between a look at the directory and the opening of the file.
  private Disk deletedWhileItIsOpened() {
    return new Counting(cold) {
      @Override
      public DiskFile openForReading(String name) throws IOException {
        cold.lose(name);
        return super.openForReading(name);
      }
    };
  }

  @Test
  void whenTheOwnerDeletesTheColdCopyMeanwhileTheOneHereIsRead() throws IOException {
    data.cut(NAME, 100);
    assertThat(read(deletedWhileItIsOpened())).hasSize(100);
  }

  @Test
  void whenTheOwnerDeletesTheOnlyCopyItIsMissing() {
    data.lose(NAME);
    assertThatThrownBy(() -> read(deletedWhileItIsOpened())).isInstanceOf(DiskException.class);
  }

  @Test
  void whatFailsMeanwhileLeavesNoFileOpen() throws IOException {
    for (boolean there : new boolean[] {false, true}) {
      for (boolean isCut : new boolean[] {false, true}) {
        int hits = 0;
        for (long at = 0; at < 20; at++) {
          data.lose(NAME);
          try (DiskFile file = data.create(NAME)) {
            file.writeFully(MemorySegment.ofArray(pack), 0);
          }
          data.cut(NAME, isCut ? 100 : pack.length);
          SimDisk failing = there ? cold : data;
          long operation = failing.operations() + at;
          failing.fail(new Fault(operation, Fault.Kind.EIO, false));
          try {
            assertThat(read()).isNotEmpty();
          } catch (DiskException e) {
            assertThat(e).hasMessageContaining("input/output error");
          }
          assertThat(open).isZero();
          hits += failing.operations() > operation ? 1 : 0;
          failing.noFaults();
        }
        // The cold directory is not asked for what is whole here.
        assertThat(hits > 0).isEqualTo(!there || isCut);
      }
    }
  }

  /// Moves the pack once either directory was listed.
  private Disk movingWhen(Disk listed) {
    return new WrappedDisk(listed) {
      @Override
      public List<String> list(String of) throws IOException {
        List<String> names = super.list(of);
        if (data.exists(NAME)) {
          try (DiskFile copy = cold.create(NAME)) {
            copy.writeFully(MemorySegment.ofArray(pack), 0);
          }
          data.delete(NAME);
        }
        return names;
      }
    };
  }

  @Test
  void aPackThatMovesWhileBothAreListedIsListed() throws IOException {
    cold.lose(NAME);
    try (JoinedDisk joined = JoinedDisk.of(movingWhen(data), movingWhen(cold))) {
      assertThat(joined.list("packs")).containsExactly(NAME.substring("packs/".length()));
    }
  }
}
