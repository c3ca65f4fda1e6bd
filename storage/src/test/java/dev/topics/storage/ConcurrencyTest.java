package dev.topics.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.journal.Frame;
import dev.topics.storage.journal.FrameReader;
import dev.topics.storage.journal.Journal;
import dev.topics.storage.journal.JournalListener;
import dev.topics.storage.journal.Room;
import dev.topics.storage.journal.Urgency;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real threads on the real disk.
@Timeout(300)
final class ConcurrencyTest {
  private static final int WRITERS = 4;
  private static final int FRAMES_A_WRITER = 300;
  private static final StoreOptions SMALL = StoreOptions.defaults().withJournalFileBytes(64 << 10);

  @TempDir private Path directory;

  private final ReentrantLock commitLock = new ReentrantLock();
  private final ConcurrentNavigableMap<Long, CountDownLatch> waiting =
      new ConcurrentSkipListMap<>();
  private final AtomicLongArray positions = new AtomicLongArray(WRITERS * FRAMES_A_WRITER + 1);

  @Test
  void everyWaiterIsToldInOrderAndEveryReaderSeesWholeFrames() throws Exception {
    try (FileDisk disk = FileDisk.open(directory);
        Store store = Store.open(disk, SMALL, frame -> {});
        ExecutorService threads = Executors.newCachedThreadPool()) {
      store.journal().listen(new Telling());
      store.start(Thread.ofPlatform().daemon().factory());
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        int seed = i;
        writers.add(threads.submit(() -> write(store.journal(), new SplittableRandom(seed))));
      }
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int seed = i;
        readers.add(threads.submit(() -> read(store.journal(), new SplittableRandom(seed))));
      }
      for (Future<?> future : writers) {
        assertThat(future.get()).isNull();
      }
      for (Future<?> future : readers) {
        assertThat(future.get()).isNull();
      }
      assertThat(store.journal().durableLsn()).isEqualTo(WRITERS * FRAMES_A_WRITER);
    }
  }

  @Test
  void closingAStoreUnderItsReadersEndsThemWithAnException() throws Exception {
    FileDisk disk = FileDisk.open(directory);
    Store store = Store.open(disk, SMALL, frame -> {});
    write(store.journal(), new byte[5000]);
    long position = store.journal().position();
    CountDownLatch reading = new CountDownLatch(2);
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Boolean>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(threads.submit(() -> readUntilClosed(store.journal(), position, reading)));
      }
      reading.await();
      store.close();
      for (Future<Boolean> reader : readers) {
        assertThat(reader.get()).isTrue();
      }
    }
    disk.close();
  }

  private static boolean readUntilClosed(Journal journal, long position, CountDownLatch reading)
      throws Exception {
    FrameReader reader = journal.newReader();
    for (long i = 0; ; i++) {
      try {
        assertThat(reader.read(position).payloadBytes()).isEqualTo(5000);
      } catch (IllegalStateException e) {
        return true;
      }
      if (i == 100) {
        reading.countDown();
      }
    }
  }

  private Void write(Journal journal, SplittableRandom random) throws Exception {
    for (int i = 0; i < FRAMES_A_WRITER; i++) {
      byte[] payload = new byte[8 + random.nextInt(3000)];
      CountDownLatch durable = new CountDownLatch(1);
      long lsn;
      commitLock.lock();
      try {
        lsn = write(journal, payload);
        waiting.put(lsn, durable);
      } finally {
        commitLock.unlock();
      }
      if (random.nextInt(4) == 0) {
        journal.requestSync(lsn);
      }
      if (random.nextInt(8) == 0) {
        assertThat(durable.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(journal.durableLsn()).isGreaterThanOrEqualTo(lsn);
      }
    }
    long last = journal.lastLsn();
    CountDownLatch durable = waiting.get(last);
    journal.requestSync(last);
    while (journal.durableLsn() < last) {
      assertThat(durable.await(60, TimeUnit.SECONDS)).isTrue();
    }
    return null;
  }

  private long write(Journal journal, byte[] payload) {
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
    long lsn = journal.commit(1, 1, payload.length);
    positions.set((int) lsn, journal.position());
    return lsn;
  }

  private Void read(Journal journal, SplittableRandom random) throws Exception {
    FrameReader reader = journal.newReader();
    int read = 0;
    while (read < 20_000 || journal.lastLsn() < WRITERS * FRAMES_A_WRITER) {
      long last = journal.lastLsn();
      int lsn = (int) (last - random.nextLong(Math.max(1, last)));
      long position = positions.get(lsn);
      if (position != 0) {
        Frame frame = reader.read(position);
        assertThat(frame.lsn() == lsn && frame.topicId() == frame.payloadBytes()).isTrue();
      }
      read++;
    }
    return null;
  }

  /// Tells those who wait, and holds the journal to its order.
  private final class Telling implements JournalListener {
    private long durableLsn;

    @Override
    public void durable(long lsn) {
      assertThat(lsn).isGreaterThan(durableLsn);
      durableLsn = lsn;
      waiting.headMap(lsn, true).values().forEach(CountDownLatch::countDown);
    }

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }
}
