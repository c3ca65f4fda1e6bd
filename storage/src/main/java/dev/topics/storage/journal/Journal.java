package dev.topics.storage.journal;

import dev.topics.storage.checkpoint.LogStart;
import dev.topics.storage.disk.Disk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The write-ahead log: frames become durable in the order they were committed.
///
/// Writing is [#claim], fill the region, [#commit] (or [#abandon]).
///
/// **Threading** [#claim] to [#abandon] by one thread at a time, under the engine's commit lock;
/// none of them blocks, and only the change to the next file allocates. Everything else from any
/// thread.
public final class Journal {
  /// Largest payload of one frame.
  public static final int PAYLOAD_BYTES_MAX = 512 << 20;

  private static final int NOT_CLAIMED = -1;

  private final JournalOptions options;

  /// So many operations a frame can hold: its header has 16 bits for their number.
  public static final int FRAME_OPERATIONS_MAX = 0xffff;

  private final JournalHealth health;
  private final JournalFiles files;
  private final JournalCounters counters;
  private final Spares spares;
  private final SpareMaker spareMaker;
  private final Flusher flusher;
  private final Retention retention;
  private final FrameWriter frameWriter;
  private final TailPages tailPages;
  private final Wakeup flusherWakeup = new Wakeup();
  private final Wakeup spareWakeup = new Wakeup();

  private FileView current;
  private long tailOffset;
  private volatile long lastPosition;
  private int lastCrc;
  private int claimedBytes = NOT_CLAIMED;

  Journal(Disk disk, JournalOptions options, JournalIdentity identity, Recovered recovered)
      throws IOException {
    this.options = options;
    this.health = new JournalHealth(flusherWakeup);
    this.counters = new JournalCounters(recovered.lastLsn());
    this.spares = new Spares();
    recovered.spares().forEach(spares::add);
    this.spareMaker =
        new SpareMaker(disk, options, identity, health, spares, recovered.nextSequence());
    this.files = new JournalFiles(recovered.files());
    if (recovered.files().isEmpty()) {
      JournalFile first = spareMaker.make(options.fileBytes());
      first.begin(recovered.lastLsn(), recovered.lastCrc());
      files.add(first);
    }
    this.flusher = new Flusher(options, health, files, counters, identity.bootEpoch());
    this.retention = new Retention(files, spares, flusher);
    this.frameWriter = new FrameWriter(identity.bootEpoch());
    this.tailPages = new TailPages(counters);
    this.current = FileView.ofWriter(files.last());
    this.tailOffset = recovered.tailOffset();
    this.lastCrc = recovered.lastCrc();
  }

  /// Recovers the journal of a disk, handing every frame to `handler` in order.
  public static Journal open(
      Disk disk,
      JournalOptions options,
      JournalIdentity identity,
      FrameHandler handler,
      FailedRun failedRun)
      throws IOException {
    Recovery recovery = new Recovery(disk, identity, handler, failedRun);
    return new Journal(disk, options, identity, recovery.run());
  }

  /// Makes room for one frame. After [Room#OK] the region is there until commit or abandon.
  public Room claim(int payloadBytes, Urgency urgency) {
    assert claimedBytes == NOT_CLAIMED : "claimed already";
    if (payloadBytes < 0 || payloadBytes > PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException("payloadBytes: " + payloadBytes);
    }
    if (health.failed()) {
      return Room.FAILED;
    }
    long frameBytes = FrameHeader.frameBytes(payloadBytes);
    if (!fits(frameBytes, urgency)) {
      long fileBytes = FileHeader.pages(FileHeader.PAGE_BYTES + frameBytes + heldBack(urgency));
      JournalFile spare = spares.take(fileBytes);
      if (spare == null) {
        boolean full = spares.want(Math.max(fileBytes, options.fileBytes()));
        return full ? Room.DISK_FULL : Room.NO_SPARE;
      }
      changeTo(spare);
    }
    claimedBytes = payloadBytes;
    return Room.OK;
  }

  /// The mapped file that holds the claimed payload, which begins at [#regionOffset].
  public MemorySegment region() {
    assert claimedBytes != NOT_CLAIMED : "nothing claimed";
    return current.segment();
  }

  public long regionOffset() {
    return tailOffset + FrameHeader.BYTES;
  }

  /// Checksums and publishes the claimed frame; returns its lsn.
  public long commit(int type, int operationCount, long topicId) {
    assert claimedBytes != NOT_CLAIMED : "nothing claimed";
    assert operationCount >= 0 && operationCount <= FRAME_OPERATIONS_MAX : operationCount;
    long lsn = counters.lastLsn() + 1;
    lastCrc =
        frameWriter.write(
            current,
            tailOffset,
            claimedBytes,
            lsn,
            lastCrc,
            type,
            operationCount,
            topicId,
            counters.durableLsn());
    lastPosition = JournalPosition.of(current.file().sequence(), tailOffset);
    long frameBytes = FrameHeader.frameBytes(claimedBytes);
    tailOffset += frameBytes;
    claimedBytes = NOT_CLAIMED;
    counters.committed(lsn, frameBytes);
    wakeFlusherIfNeeded();
    return lsn;
  }

  /// Position of the frame committed last.
  public long position() {
    return lastPosition;
  }

  /// The place behind the frame committed last. Under the commit lock.
  public LogStart endOfLog() {
    return new LogStart(
        counters.lastLsn(), lastCrc, current.file().sequence(), Math.toIntExact(tailOffset));
  }

  /// Gives a claimed region back, zeroed.
  public void abandon() {
    assert claimedBytes != NOT_CLAIMED : "nothing claimed";
    current.segment().asSlice(regionOffset(), claimedBytes).fill((byte) 0);
    claimedBytes = NOT_CLAIMED;
  }

  /// Spares the next frames page faults. May take a moment: never under the commit lock.
  public void prepareTail() {
    long position = lastPosition;
    JournalFile tail = files.last();
    if (JournalPosition.fileSequence(position) == tail.sequence()) {
      tailPages.prepare(tail, JournalPosition.offset(position));
    }
  }

  /// Makes the next file if it is missing. Blocks on the disk: never under the commit lock.
  public void prepareSpare() {
    spareMaker.step();
  }

  public long lastLsn() {
    return counters.lastLsn();
  }

  public long durableLsn() {
    return counters.durableLsn();
  }

  /// What was done since the journal was opened.
  public JournalStats stats() {
    return counters.stats(spareMaker.preparedBytes());
  }

  /// Bytes of a file, unless a large frame needs more.
  public int fileBytes() {
    return options.fileBytes();
  }

  public JournalState state() {
    return health.state();
  }

  /// Why the journal failed, if it did.
  public @Nullable Throwable failure() {
    return health.cause();
  }

  /// Nothing more is written because of a defect; the flusher's thread tells the listener.
  public void fail(Throwable defect) {
    health.fail(defect);
  }

  /// Somebody waits for `lsn` to be durable. Never blocks.
  public void requestSync(long lsn) {
    if (flusher.request(lsn)) {
      flusherWakeup.signal();
    }
  }

  public Flusher flusher() {
    return flusher;
  }

  /// Signalled when there is work for [Flusher#step].
  public Wakeup flusherWakeup() {
    return flusherWakeup;
  }

  public SpareMaker spareMaker() {
    return spareMaker;
  }

  /// Signalled when there is work for [SpareMaker#step].
  public Wakeup spareWakeup() {
    return spareWakeup;
  }

  /// Sets who hears of durable frames. Once, before the first step of the flusher.
  public void listen(JournalListener listener) {
    flusher.listen(listener);
  }

  /// Sets who hears, on the flusher's thread, how many nanoseconds each sync took.
  public void listenToSyncs(LongConsumer listener) {
    flusher.listenToSyncs(listener);
  }

  /// A reader for one thread.
  public FrameReader newReader() {
    return new FrameReader(files, FileView::ofReader);
  }

  /// The same for who reads most of some files within seconds, in any order. What it loaded lately
  /// is not loaded for each frame again: where that left memory meanwhile the reader waits, and a
  /// disk that fails then is a fault.
  public FrameReader newSweepingReader() {
    return new FrameReader(files, file -> FileView.ofSweep(file, options.nanoClock()));
  }

  /// The files that are full and durable, oldest first.
  public List<SealedFile> sealedFiles() {
    return retention.sealedFiles();
  }

  /// Hands the frames of a sealed file to `handler`, in order, each one checked.
  ///
  /// @throws FrameDamagedException at the first frame that is not what was committed
  /// @throws FrameReleasedException if the file is not part of the journal any more
  public void replay(long sequence, FrameHandler handler) throws FrameDamagedException {
    retention.replay(sequence, handler);
  }

  /// The beginning of the newest file up to `sequence` before which all files can be released: they
  /// are durable, and what its first frame follows is known. Null if there are none to release.
  public @Nullable LogStart releasable(long sequence) {
    return retention.releasable(sequence);
  }

  /// Drops the files before `start`, one of [#releasable]: nobody needs their frames any more, and
  /// the superblock says so durably. Does not wait for the disk, but for readers in a checksum.
  public void release(LogStart start) {
    retention.releaseBelow(start.sequence());
    spareWakeup.signal();
  }

  /// Syncs what is there. True if everything committed is durable. No writer, no other stepper.
  public boolean finish() {
    spareMaker.close();
    flusher.flush();
    return !health.failed() && counters.durableLsn() == counters.lastLsn();
  }

  /// Lets go of all files. Frames and readers must not be used after it.
  public void release() throws IOException {
    spareMaker.close();
    files.unmap();
    for (JournalFile spare : spares.drain()) {
      spare.letGo();
      spare.unmap();
    }
  }

  private boolean fits(long frameBytes, Urgency urgency) {
    long left = current.fileBytes() - tailOffset - frameBytes;
    return left >= 0 && (left >= heldBack(urgency) || !spares.isEmpty());
  }

  private long heldBack(Urgency urgency) {
    return switch (urgency) {
      case APPEND -> options.reserveBytes();
      case RECLAIM -> 0;
    };
  }

  private void changeTo(JournalFile spare) {
    spare.begin(counters.lastLsn(), lastCrc);
    files.add(spare);
    counters.rotated();
    current = FileView.ofWriter(spare);
    tailOffset = FileHeader.PAGE_BYTES;
    spareWakeup.signal();
  }

  /// If it has much to do, or had nothing.
  private void wakeFlusherIfNeeded() {
    if (flusher.isResting() || counters.unsyncedBytes() >= options.syncEveryBytes()) {
      flusherWakeup.signal();
    }
  }
}
