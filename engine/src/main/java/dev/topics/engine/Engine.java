package dev.topics.engine;

import dev.topics.engine.model.ConfigPatch;
import dev.topics.engine.model.DeleteRecordsResult;
import dev.topics.engine.model.DeleteTopicResult;
import dev.topics.engine.model.PutTopicResult;
import dev.topics.engine.model.RecordSelector;
import dev.topics.engine.model.TopicName;
import dev.topics.engine.model.TopicPage;
import dev.topics.engine.model.TopicState;
import dev.topics.engine.topic.Appender;
import dev.topics.engine.topic.TopicReader;
import dev.topics.engine.topic.TopicRecovery;
import dev.topics.engine.topic.Topics;
import dev.topics.engine.topic.Wakeup;
import dev.topics.storage.Store;
import dev.topics.storage.disk.Disk;
import dev.topics.storage.disk.FileDisk;
import dev.topics.storage.journal.JournalState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A persistent event engine over one data directory, to be embedded or served.
///
/// Commands answer with a result of their own or a [dev.topics.engine.model.Refusal]; exceptions
/// are for defects and for arguments that no caller should give.
///
/// **Threading** Any thread. Appenders and readers belong to one thread each.
public final class Engine implements AutoCloseable {
  private final Store store;
  private final Topics topics;
  private final @Nullable Background background;

  private Engine(Store store, Topics topics, @Nullable Background background) {
    this.store = store;
    this.topics = topics;
    this.background = background;
  }

  /// Opens the engine whose data is in `directory`, which is created if absent. Returns when
  /// everything is recovered.
  ///
  /// @throws IOException if the directory is in use, damaged, of another version, or the disk fails
  public static Engine open(Path directory, EngineOptions options) throws IOException {
    return open(FileDisk.open(directory), options);
  }

  /// Opens an engine over any disk.
  public static Engine open(Disk disk, EngineOptions options) throws IOException {
    TopicRecovery recovery = new TopicRecovery(options.recoveryProgress());
    Store store = Store.open(disk, options.store(), recovery);
    try {
      Topics topics = recovery.finish(store, options.clock(), options.writeLimits());
      Background background = null;
      if (options.background()) {
        ThreadFactory threads = EngineThreads.daemons();
        store.start(threads);
        background = new Background(topics::housekeepingStep, threads);
      }
      return new Engine(store, topics, background);
    } catch (IOException | RuntimeException | Error failure) {
      store.abort();
      throw failure;
    }
  }

  /// An appender for one thread.
  public Appender newAppender() {
    return topics.newAppender();
  }

  /// A reader for one thread.
  public TopicReader newReader() {
    return topics.newReader();
  }

  /// Creates a topic or changes the given fields of an existing one (http-api §2.2).
  public CompletableFuture<PutTopicResult> putTopic(TopicName topic, ConfigPatch patch) {
    return topics.put(topic, patch);
  }

  /// Deletes a topic and everything in it (http-api §2.5).
  public CompletableFuture<DeleteTopicResult> deleteTopic(TopicName topic, boolean ifEmpty) {
    return topics.delete(topic, ifEmpty);
  }

  /// Deletes records for good (http-api §5).
  public CompletableFuture<DeleteRecordsResult> deleteRecords(
      TopicName topic, RecordSelector selector) {
    return topics.deleteRecords(topic, selector);
  }

  /// The topic as it is now, null if there is none. `touch` counts as consumption.
  public @Nullable TopicState state(TopicName topic, boolean touch) {
    return topics.state(topic, touch);
  }

  /// Up to `pageSize` topics whose names start with `prefix`, in order, behind `afterName` (empty:
  /// from the start).
  public TopicPage topics(String prefix, String afterName, int pageSize, boolean touch) {
    return topics.list(prefix, afterName, pageSize, touch);
  }

  /// Runs `wake` once, as soon as something behind `afterSeq` is visible or the topic is gone; on
  /// any thread, at once if that is so already.
  public Wakeup await(TopicName topic, long afterSeq, Runnable wake) {
    return topics.await(topic, afterSeq, wake);
  }

  /// Numbers about the engine as it is now.
  public EngineStats stats() {
    return EngineStats.of(topics, store);
  }

  /// Whether writes are taken.
  public JournalState journalState() {
    return store.journal().state();
  }

  /// Sets who hears how many nanoseconds each sync of the log took, on the thread that synced.
  public void listenToSyncs(LongConsumer listener) {
    store.journal().listenToSyncs(listener);
  }

  /// Does the background work that is due, where no threads do it; returns how much that was.
  public int step() {
    int done = store.journal().spareMaker().step();
    done += store.journal().flusher().step();
    return done + topics.housekeepingStep();
  }

  /// Answers what waits, syncs, and closes so that the next start knows nothing was lost.
  ///
  /// @throws IOException if that could not be written; the next start recovers as from a crash
  @Override
  public void close() throws IOException {
    if (background != null) {
      background.close();
    }
    boolean headsLogged = topics.close();
    try {
      if (headsLogged) {
        store.close();
      } else {
        store.abort();
      }
    } finally {
      topics.failWaiting();
    }
    if (!headsLogged || store.journal().state() == JournalState.FAILED) {
      throw new IOException("closed, but the end of the log could not be written");
    }
  }
}
