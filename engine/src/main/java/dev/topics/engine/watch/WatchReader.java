package dev.topics.engine.watch;

import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.RecordSink;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import org.jspecify.annotations.Nullable;

/// Who gets what a watch delivers.
///
/// **Threading** the thread of its [WatchDesk].
///
/// @param <P> a page of records as [PageWriter] makes it
public interface WatchReader<P> {
  /// Whether everything delivered so far was taken.
  boolean isWritable();

  /// Records. `page` belongs to the desk, and stays as it is.
  void records(WatchedTopic topic, DiffResult.Page found, P page);

  /// A loss.
  ///
  /// @param onConnect whether the reader came with a cursor that was below the floor already
  void tombstone(WatchedTopic topic, Tombstone tombstone, boolean onConnect);

  /// There is nothing more now.
  void caughtUp(WatchedTopic topic, long headSeq);

  /// The topic was deleted; nothing more comes of it.
  void deleted(WatchedTopic topic);

  /// The topic cannot be read on for now.
  void failed(WatchedTopic topic, Refusal why);

  /// That was all for now of what goes together: send it.
  void flush();

  /// A defect, or want of memory, ended the delivery.
  void broken(Throwable defect);

  /// Makes pages out of what is read.
  ///
  /// @param <P> a page
  interface PageWriter<P> extends RecordSink {
    /// Starts a page.
    void open(WatchedTopic topic);

    /// The page of what was read since [#open], behind `fromSeq`; null if there were no records.
    @Nullable P close(WatchedTopic topic, long fromSeq, DiffResult.Page found);

    /// Forgets what was read since [#open].
    void drop();

    /// How much memory `page` takes at most; asked for once, before anybody gets the page.
    long bytes(P page);

    /// Nobody needs `page` any more.
    void release(P page);
  }
}
