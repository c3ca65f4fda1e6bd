package dev.topics.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// A journal that has seen more frames and files than 32 bits can count bytes of.
final class LargeNumbersTest {
  private static final long START_LSN = 5L << 40;
  private static final long FIRST_SEQUENCE = 123_456_789;

  @Test
  void lsnsAndPositionsBeyond32BitsSurviveARestart() throws IOException {
    SimDisk disk = new SimDisk(1);
    List<Long> positions = new ArrayList<>();
    Journal journal = open(disk, false, frame -> {});
    for (int i = 0; i < 30; i++) {
      assertThat(append(journal)).isEqualTo(START_LSN + 1 + i);
      positions.add(journal.position());
    }
    assertThat(positions.getLast() >>> 32).isGreaterThan(FIRST_SEQUENCE);
    assertThat(journal.finish()).isTrue();
    journal.release();

    List<Long> replayed = new ArrayList<>();
    Journal again = open(disk, true, frame -> replayed.add(frame.position()));
    assertThat(replayed).isEqualTo(positions);
    assertThat(again.lastLsn()).isEqualTo(START_LSN + 30);
    FrameReader reader = again.newReader();
    for (int i = 0; i < 30; i++) {
      assertThat(reader.read(positions.get(i)).lsn()).isEqualTo(START_LSN + 1 + i);
    }
    again.release();
  }

  private static Journal open(SimDisk disk, boolean started, FrameHandler handler)
      throws IOException {
    JournalOptions options = JournalOptions.defaults().withFileBytes(8 << 10);
    LogStart oldest = new LogStart(START_LSN, 99, FIRST_SEQUENCE, FileHeader.PAGE_BYTES);
    JournalIdentity identity =
        new JournalIdentity(new UUID(1, 2), 0x5eed, 7, START_LSN, false, started, oldest, oldest);
    return Journal.open(disk, options, identity, handler, () -> {});
  }

  private static long append(Journal journal) {
    Room room = journal.claim(900, Urgency.APPEND);
    if (room == Room.NO_SPARE) {
      journal.prepareSpare();
      room = journal.claim(900, Urgency.APPEND);
    }
    assertThat(room).isEqualTo(Room.OK);
    return journal.commit(1, 1, 0);
  }
}
