package dev.topics.engine.watch;

import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.topic.ReadStamp;
import dev.topics.engine.topic.TopicRef;
import org.jspecify.annotations.Nullable;

/// The pages read last, for others at the same cursor with the same wishes: all of them send the
/// same bytes.
///
/// A page is good as long as another read would find the same. All are given back when nobody is
/// left to be served.
///
/// @param <P> a page
final class PageCache<P> {
  private static final int PLACES = 64;

  /// Beyond this all are given back, and it starts anew.
  private static final long BYTES_MAX = 8 << 20;

  private final @Nullable Entry<?>[] places;
  private final WatchReader.PageWriter<P> writer;
  private long bytes;
  private boolean used;

  /// What a read found.
  record Entry<P>(
      TopicRef ref,
      long fromSeq,
      DiffQuery query,
      boolean durableOnly,
      ReadStamp stamp,
      DiffResult.Page found,
      @Nullable P page) {

    @SuppressWarnings("ReferenceEquality") // one instance of the topic; the same query, usually
    boolean isFor(WatchedTopic topic) {
      return ref == topic.ref()
          && fromSeq == topic.cursor()
          && durableOnly == topic.durableOnly()
          && query.from(fromSeq).equals(topic.query().from(fromSeq));
    }
  }

  PageCache(WatchReader.PageWriter<P> writer) {
    places = new @Nullable Entry<?>[PLACES];
    this.writer = writer;
  }

  /// The page at the cursor of `topic`, which the caller has to check for being current; null if it
  /// is not there.
  @SuppressWarnings("unchecked") // only `put` puts entries in
  @Nullable Entry<P> find(WatchedTopic topic) {
    Entry<P> entry = (Entry<P>) places[place(topic.ref(), topic.cursor())];
    return entry != null && entry.isFor(topic) ? entry : null;
  }

  /// Keeps `entry` in place of another one.
  @SuppressWarnings("unchecked")
  void put(Entry<P> entry) {
    if (bytes > BYTES_MAX) {
      clear();
    }
    P page = entry.page();
    bytes += page == null ? 0 : writer.bytes(page);
    int place = place(entry.ref(), entry.fromSeq());
    release((Entry<P>) places[place]);
    places[place] = entry;
    used = true;
  }

  private static int place(TopicRef ref, long fromSeq) {
    int hash = System.identityHashCode(ref) * 31 + Long.hashCode(fromSeq);
    return (hash ^ hash >>> 16) & PLACES - 1;
  }

  @SuppressWarnings("unchecked")
  void clear() {
    if (used) {
      used = false;
      bytes = 0;
      for (int i = 0; i < PLACES; i++) {
        release((Entry<P>) places[i]);
        places[i] = null;
      }
    }
  }

  private void release(@Nullable Entry<P> entry) {
    if (entry != null && entry.page() != null) {
      writer.release(entry.page());
    }
  }
}
