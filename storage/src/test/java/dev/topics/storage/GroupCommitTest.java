package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalOptions;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What nobody waits for is synced all the same: 50 ms or 4 MiB is all that a power cut may take
/// (semantics §5).
final class GroupCommitTest {
  private static final int FRAME_BYTES = 64 << 10;

  private long nanos = 1;
  private Journal journal;

  @BeforeEach
  void open() throws IOException {
    JournalOptions options =
        JournalOptions.defaults().withFileBytes(8 << 20).withNanoClock(() -> nanos);
    StoreOptions store = new StoreOptions(options, new SplittableRandom(1));
    journal = Store.open(new SimDisk(1), store, frame -> {}).journal();
  }

  private void append() {
    StoreTest.append(journal, "x".repeat(FRAME_BYTES));
  }

  @Test
  void aFrameIsDurableFiftyMillisecondsAfterTheLastSync() {
    append();
    nanos += 49_999_999;
    assertThat(journal.flusher().step()).isZero();
    assertThat(journal.durableLsn()).isZero();
    nanos++;
    assertThat(journal.flusher().step()).isEqualTo(1);
    assertThat(journal.durableLsn()).isEqualTo(1);
  }

  @Test
  void noMoreThanFourMebibytesStayUnsynced() {
    int fewer = (4 << 20) / FRAME_BYTES - 1;
    for (int i = 0; i < fewer; i++) {
      append();
    }
    assertThat(journal.flusher().step()).isZero();
    append();
    assertThat(journal.flusher().step()).isEqualTo(fewer + 1);
  }

  @Test
  void theFlusherIsWokenForFourMebibytesThatCameAfterASync() throws InterruptedException {
    int frames = (4 << 20) / FRAME_BYTES;
    for (int i = 0; i <= frames; i++) {
      append();
    }
    assertThat(isFlusherWoken()).isTrue();
    assertThat(journal.flusher().step()).isEqualTo(frames + 1);
    for (int i = 1; i < frames; i++) {
      append();
    }
    journal.flusherWakeup().await(1);
    append();
    assertThat(isFlusherWoken()).isTrue();
    assertThat(journal.flusher().step()).isEqualTo(frames);
  }

  private boolean isFlusherWoken() throws InterruptedException {
    Thread sleeper = Thread.ofVirtual().start(() -> journal.flusherWakeup().await(Long.MAX_VALUE));
    sleeper.join(Duration.ofSeconds(10));
    return !sleeper.isAlive();
  }

  @Test
  void toBeWokenForNothingDelaysNoSync() {
    append();
    nanos += 30_000_000;
    assertThat(journal.flusher().step()).isZero();
    assertThat(journal.flusher().pauseNanos()).isEqualTo(20_000_000);
  }

  @Test
  void whatArrivedMeanwhileSharesTheSyncOfTheFirstWhoWaits() {
    append();
    journal.requestSync(1);
    append();
    append();
    assertThat(journal.flusher().step()).isEqualTo(3);
    assertThat(journal.stats().fsyncs()).isEqualTo(1);
  }

  @Test
  void whoRestedSyncsTheNextFrameFiftyMillisecondsAfterItsTurnCame() {
    assertThat(journal.flusher().pauseNanos()).isEqualTo(Long.MAX_VALUE);
    nanos += 3_600_000_000_000L;
    append();
    assertThat(journal.flusher().step()).isZero();
    assertThat(journal.flusher().pauseNanos()).isEqualTo(50_000_000);
    nanos += 50_000_000;
    assertThat(journal.flusher().step()).isEqualTo(1);
  }

  @Test
  void theFlusherRestsWhenTheNoteOfTheLastSyncIsDurable() {
    append();
    nanos += 50_000_000;
    assertThat(journal.flusher().step()).isEqualTo(1);
    assertThat(journal.flusher().pauseNanos()).isEqualTo(50_000_000);
    nanos += 50_000_000;
    assertThat(journal.flusher().step()).isZero();
    assertThat(journal.flusher().pauseNanos()).isEqualTo(Long.MAX_VALUE);
  }
}
