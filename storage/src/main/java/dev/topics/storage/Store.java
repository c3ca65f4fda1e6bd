package dev.topics.storage;

import dev.topics.storage.disk.Disk;
import dev.topics.storage.journal.FrameHandler;
import dev.topics.storage.journal.Journal;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;

/// One data directory, open for writing: its lock, its superblocks and its journal.
///
/// **Threading** [#open], [#start] and [#close] by the owner; the rest from any thread.
@SuppressWarnings("DoNotCallSuggester")
public final class Store implements AutoCloseable {
  private Store() {}

  /// Locks the directory, recovers it, hands every frame to `replay` in log order, and makes the
  /// new boot epoch durable. Fails with
  /// [dev.topics.storage.disk.DirectoryLockedException] if it is in use,
  /// [dev.topics.storage.journal.DamagedException] if durable frames are damaged, and
  /// [RefusedException] if this is no store, or none that this version can read.
  public static Store open(Disk disk, StoreOptions options, FrameHandler replay)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  public Journal journal() {
    throw new UnsupportedOperationException();
  }

  /// One more than in the run before, from 1.
  public int bootEpoch() {
    throw new UnsupportedOperationException();
  }

  public UUID storeId() {
    throw new UnsupportedOperationException();
  }

  public PriorShutdown priorShutdown() {
    throw new UnsupportedOperationException();
  }

  /// Runs the steps of the flusher and of the spare maker on threads of their own.
  public void start(ThreadFactory threads) {
    throw new UnsupportedOperationException();
  }

  /// Stops the threads, syncs, and marks the store as cleanly closed. After a failure of the
  /// journal it only lets go of everything.
  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
