package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.DiskFile;
import dev.topics.storage.disk.MapMode;
import dev.topics.storage.disk.WrappedDisk;
import dev.topics.storage.journal.DamagedException;
import dev.topics.storage.sim.Crash;
import dev.topics.storage.sim.SimDisk;
import dev.topics.storage.sim.WrappedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/// A disk that loses a write shows what was there before: a frame of the right lsn at the right
/// place with the right checksum, which was cut off long ago. Only the chain tells.
final class StaleFrameTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withJournalFileBytes(8 << 10);
  private static final String FILE = "journal/0000000001.journal";

  /// With the header, one frame fills one sector.
  private static final int PAYLOAD_BYTES = 448;

  private static final int SECTOR_BYTES = 512;

  @Test
  void aFrameOfALostHistoryIsDamage() throws IOException {
    SimDisk disk = storeWithAStaleFrame();
    assertThatThrownBy(() -> replay(disk))
        .isInstanceOf(DamagedException.class)
        .hasMessageContaining("a frame that does not follow the one before");
  }

  @Test
  void withoutTheChainTheLostHistoryWouldBeServed() throws IOException {
    SimDisk disk = storeWithAStaleFrame();
    assertThat(replay(new ChainIgnored(disk))).contains("lost 0").doesNotContain("kept 0");
  }

  /// Frames 1 to 3 are durable. Then three are lost in a power cut, three others are written, and
  /// in the end the first of those turns into the lost one again.
  private static SimDisk storeWithAStaleFrame() throws IOException {
    SimDisk disk = new SimDisk(5);
    byte[] stale;
    try (Store store = Store.open(disk, OPTIONS, frame -> {})) {
      append(store, "first");
    }
    Store store = Store.open(disk, OPTIONS, frame -> {});
    append(store, "lost");
    int staleAt = 4096 + 3 * SECTOR_BYTES;
    stale = Arrays.copyOfRange(disk.bytes(FILE), staleAt, staleAt + SECTOR_BYTES);
    SimDisk afterCut = disk.crash(Crash.POWER);
    afterCut.overwrite(FILE, staleAt, new byte[8192 - staleAt]);
    try (Store again = Store.open(afterCut, OPTIONS, frame -> {})) {
      assertThat(again.journal().lastLsn()).isEqualTo(3);
      append(again, "kept");
    }
    afterCut.overwrite(FILE, staleAt, stale);
    return afterCut;
  }

  private static void append(Store store, String what) {
    for (int i = 0; i < 3; i++) {
      String text = what + " " + i;
      StoreTest.append(store.journal(), text + " ".repeat(PAYLOAD_BYTES - text.length()));
    }
  }

  private static List<String> replay(Disk disk) throws IOException {
    List<String> texts = new ArrayList<>();
    Store.open(disk, OPTIONS, frame -> texts.add(StoreTest.text(frame).strip())).close();
    return texts;
  }

  /// Stands for a recovery that does not check the chain: it links all frames anew before they are
  /// looked at.
  private static final class ChainIgnored extends WrappedDisk {
    ChainIgnored(Disk disk) {
      super(disk);
    }

    @Override
    protected DiskFile wrap(DiskFile file) {
      return new WrappedFile(file) {
        @Override
        public MemorySegment map(Arena arena, long size, MapMode mode) throws IOException {
          link(file.map(arena, size, MapMode.READ_WRITE).asByteBuffer());
          return file.map(arena, size, mode);
        }
      };
    }

    private static void link(ByteBuffer file) {
      file.order(ByteOrder.LITTLE_ENDIAN);
      int chain = 0;
      for (int at = 4096; at + 64 <= file.capacity() && file.getInt(at + 4) != 0; ) {
        int end = at + 64 + file.getInt(at + 4);
        file.putInt(at + 16, chain);
        file.putInt(at + 60, crc(file, at + 4, at + 60));
        file.putInt(at, crc(file, at + 4, end));
        chain = file.getInt(at);
        at = (end + 7) & -8;
      }
    }

    private static int crc(ByteBuffer file, int from, int end) {
      CRC32C crc = new CRC32C();
      crc.update(file.duplicate().limit(end).position(from));
      return (int) crc.getValue();
    }
  }
}
