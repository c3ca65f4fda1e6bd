package dev.topics.storage.journal;

/// Hears what became of committed frames, on the thread that runs [Flusher#step].
public interface JournalListener {
  /// All frames up to `lsn` (inclusive) are durable. Called in lsn order.
  void durable(long lsn);

  /// Frames after the last durable lsn will never be known durable. Called at most once.
  void failed(Throwable cause);
}
