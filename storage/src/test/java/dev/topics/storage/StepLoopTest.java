package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalListener;
import dev.topics.storage.journal.JournalOptions;
import dev.topics.storage.journal.JournalState;
import dev.topics.storage.journal.Wakeup;
import dev.topics.storage.sim.Fault;
import dev.topics.storage.sim.SimDisk;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The threads of a store outlive what their steps throw, and nobody waits for them in vain.
final class StepLoopTest {
  private static final long MINUTE = 60;

  @Test
  void aDefectIsToldAndTheThreadGoesOn() throws InterruptedException {
    LinkedBlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
    CountDownLatch steps = new CountDownLatch(2);
    Wakeup wakeup = new Wakeup();
    StepLoop loop =
        new StepLoop(
            () -> {
              steps.countDown();
              throw new AssertionError("planned");
            },
            wakeup,
            () -> TimeUnit.SECONDS.toNanos(MINUTE),
            told::add,
            Thread::new);
    loop.start();
    assertThat(told.poll(MINUTE, TimeUnit.SECONDS)).hasMessage("planned");
    wakeup.signal();
    assertThat(steps.await(MINUTE, TimeUnit.SECONDS)).isTrue();
    loop.stop();
  }

  @Test
  void aFrameThatNobodyWaitsForEndsTheRestOfTheFlusher() throws IOException, InterruptedException {
    LinkedBlockingQueue<Long> synced = new LinkedBlockingQueue<>();
    JournalOptions small = JournalOptions.defaults().withFileBytes(8 << 10);
    Store store =
        Store.open(new SimDisk(1), new StoreOptions(small, new SplittableRandom(1)), frame -> {});
    Journal journal = store.journal();
    journal.listen(
        new JournalListener() {
          @Override
          public void durable(long lsn) {
            synced.add(lsn);
          }

          @Override
          public void failed(Throwable cause) {
            synced.add(-1L);
          }
        });
    store.start(Thread::new);
    for (long lsn = 1; lsn <= 3; lsn++) {
      while (!journal.flusher().isResting()) {
        Thread.onSpinWait();
      }
      StoreTest.append(journal, "frame");
      assertThat(synced.poll(MINUTE, TimeUnit.SECONDS)).isEqualTo(lsn);
    }
    store.close();
  }

  /// Nothing is committed after it that would wake the flusher.
  @Test
  void thatNoFileCouldBeMadeIsToldThoughTheFlusherRests() throws IOException, InterruptedException {
    LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    JournalOptions small = JournalOptions.defaults().withFileBytes(8 << 10);
    SimDisk disk = new SimDisk(1);
    Store store = Store.open(disk, new StoreOptions(small, new SplittableRandom(1)), frame -> {});
    Journal journal = store.journal();
    journal.listen(
        new JournalListener() {
          @Override
          public void durable(long lsn) {}

          @Override
          public void failed(Throwable cause) {
            failures.add(cause);
          }
        });
    StepLoop loop =
        new StepLoop(
            journal.flusher()::step,
            journal.flusherWakeup(),
            journal.flusher()::pauseNanos,
            journal::fail,
            Thread::new);
    loop.start();
    while (!journal.flusher().isResting()) {
      Thread.onSpinWait();
    }
    disk.fail(new Fault(disk.operations(), Fault.Kind.EIO, true));
    journal.prepareSpare();
    assertThat(journal.state()).isEqualTo(JournalState.FAILED);
    assertThat(failures.poll(MINUTE, TimeUnit.SECONDS)).isNotNull();
    loop.stop();
    disk.noFaults();
    store.abort();
  }

  @Test
  void aDefectInWhatHearsOfSyncsFailsTheJournal() throws IOException, InterruptedException {
    LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    JournalOptions small = JournalOptions.defaults().withFileBytes(8 << 10);
    StoreOptions options = new StoreOptions(small, new SplittableRandom(1));
    Store store = Store.open(new SimDisk(1), options, frame -> {});
    Journal journal = store.journal();
    journal.listen(
        new JournalListener() {
          @Override
          public void durable(long lsn) {
            throw new IllegalStateException("planned");
          }

          @Override
          public void failed(Throwable cause) {
            failures.add(cause);
          }
        });
    store.start(Thread::new);
    StoreTest.append(journal, "frame");
    journal.requestSync(journal.lastLsn());
    assertThat(failures.poll(MINUTE, TimeUnit.SECONDS)).hasMessage("planned");
    assertThat(journal.state()).isEqualTo(JournalState.FAILED);
    store.abort();
  }
}
