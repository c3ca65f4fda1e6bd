package dev.topics.storage.journal;

import java.lang.foreign.MemorySegment;

/// The write-ahead log: frames become durable in the order they were committed.
///
/// Writing is `claim`, fill the region, `commit` (or `abandon`).
///
/// **Threading** [#claim] to [#abandon] by one thread at a time, under the engine's commit lock;
/// none of them blocks or allocates. Everything else from any thread.
@SuppressWarnings("DoNotCallSuggester")
public final class Journal {
  /// Largest payload of one frame.
  public static final int PAYLOAD_BYTES_MAX = 512 << 20;

  Journal() {}

  /// Makes room for one frame. After [Room#OK] the region is there until commit or abandon.
  public Room claim(int payloadBytes, Urgency urgency) {
    throw new UnsupportedOperationException();
  }

  /// The mapped file that holds the claimed payload, which begins at [#regionOffset].
  public MemorySegment region() {
    throw new UnsupportedOperationException();
  }

  public long regionOffset() {
    throw new UnsupportedOperationException();
  }

  /// Checksums and publishes the claimed frame; returns its lsn.
  public long commit(int type, int operationCount, long topicId) {
    throw new UnsupportedOperationException();
  }

  /// Position of the frame committed last.
  public long position() {
    throw new UnsupportedOperationException();
  }

  /// Gives a claimed region back.
  public void abandon() {
    throw new UnsupportedOperationException();
  }

  /// Makes the next file if it is missing. Blocks on the disk: never under the commit lock.
  public void prepareSpare() {
    throw new UnsupportedOperationException();
  }

  public long lastLsn() {
    throw new UnsupportedOperationException();
  }

  public long durableLsn() {
    throw new UnsupportedOperationException();
  }

  public JournalState state() {
    throw new UnsupportedOperationException();
  }

  /// Somebody waits for `lsn` to be durable. Never blocks.
  public void requestSync(long lsn) {
    throw new UnsupportedOperationException();
  }

  public Flusher flusher() {
    throw new UnsupportedOperationException();
  }

  public SpareMaker spareMaker() {
    throw new UnsupportedOperationException();
  }

  /// Sets who hears of durable frames. Once, before the first step of the flusher.
  public void listen(JournalListener listener) {
    throw new UnsupportedOperationException();
  }

  /// A reader for one thread.
  public FrameReader newReader() {
    throw new UnsupportedOperationException();
  }
}
