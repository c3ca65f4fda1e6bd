package dev.topics.engine.watch;

import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.model.DiffResult;
import dev.topics.engine.model.EngineClock;
import dev.topics.engine.model.LossReason;
import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.Tombstone;
import dev.topics.engine.topic.Newswire;
import dev.topics.engine.topic.TopicReader;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Serves the watches of one thread: hears of news, reads, and delivers, the urgent ones first.
///
/// **Threading** one thread.
///
/// @param <P> a page of records
public final class WatchDesk<P> {
  private final Newswire wire;
  private final TopicReader reader;
  private final WatchReader.PageWriter<P> pages;
  private final PageCache<P> cache;
  private final Deliveries deliveries;
  private final Turns turns;
  private final EngineClock clock;

  /// @param wire of the same thread
  /// @param turns when the thread has time for more
  public WatchDesk(
      Newswire wire,
      TopicReader reader,
      WatchReader.PageWriter<P> pages,
      EngineClock clock,
      Turns turns) {
    this.wire = wire;
    this.reader = reader;
    this.pages = pages;
    this.clock = clock;
    this.turns = turns;
    cache = new PageCache<>(pages);
    deliveries = new Deliveries(clock, turns, cache::clear);
  }

  /// How the thread of a desk goes on.
  public interface Turns {
    /// Runs `task` after what it does now.
    void soon(Runnable task);

    /// Runs `task` when others had their turn.
    void later(Runnable task);

    /// Runs `fetch`, which waits for the disk, on another thread, and then `then` on this one; none
    /// of it if the future is cancelled before it begins.
    Future<?> fetch(Runnable fetch, Runnable then);

    /// Runs `task` on this thread after `millis`; not if the future is cancelled there before.
    Future<?> after(long millis, Runnable task);
  }

  /// Begins to serve `watch` to `to`.
  public Watcher<P> serve(Watch watch, WatchReader<P> to) {
    return new Watcher<>(this, watch, to);
  }

  /// How many watchers wait to be served.
  public int waiting() {
    return deliveries.size();
  }

  Newswire wire() {
    return wire;
  }

  void offer(Watcher<P> watcher) {
    deliveries.offer(watcher, watcher.priority(clock.wallMillis()));
  }

  void withdraw(Watcher<P> watcher) {
    deliveries.withdraw(watcher);
  }

  /// Delivers what comes next of `topic`, which is due. What is not in memory is fetched, and is
  /// due after that.
  void deliver(Watcher<P> watcher, WatchedTopic topic, WatchReader<P> to) {
    topic.setDue(false);
    boolean mayWait = topic.takeFetched();
    if (topic.ref().isDeleted()) {
      deleted(topic, to);
      return;
    }
    PageCache.Entry<P> known = cache.find(topic);
    if (known != null && reader.isCurrent(known.stamp(), topic.ref())) {
      tell(topic, known, to);
      return;
    }
    pages.open(topic);
    try {
      DiffQuery query = topic.query().from(topic.cursor());
      switch (read(topic, query, mayWait)) {
        case null -> fetch(watcher, topic, query);
        case DiffResult.Page found -> tell(topic, keep(topic, found), to);
        case Refusal.TopicNotFound _ -> deleted(topic, to);
        case Refusal.NeverDurable why -> stopped(topic, why, to);
        case Refusal.Exhausted why -> retry(watcher, topic, why, to);
        case Refusal why -> to.failed(topic, why);
      }
    } finally {
      pages.drop();
    }
  }

  private @Nullable DiffResult read(WatchedTopic topic, DiffQuery query, boolean mayWait) {
    return mayWait
        ? reader.read(topic.ref(), query, topic.durableOnly(), pages)
        : reader.readNow(topic.ref(), query, topic.durableOnly(), pages);
  }

  private void fetch(Watcher<P> watcher, WatchedTopic topic, DiffQuery query) {
    topic.setDue(true);
    Runnable fetch = reader.fetch(topic.ref(), query, topic.durableOnly());
    topic.pause(turns.fetch(fetch, () -> watcher.fetched(topic)));
  }

  /// Nobody tells when the process can open files again, and there may never be news of the topic.
  private void retry(
      Watcher<P> watcher, WatchedTopic topic, Refusal.Exhausted why, WatchReader<P> to) {
    topic.setDue(true);
    topic.pause(turns.after(Refusal.Exhausted.RETRY_MILLIS, () -> watcher.resume(topic)));
    if (topic.becameUnreadable()) {
      to.failed(topic, why);
    }
  }

  private PageCache.Entry<P> keep(WatchedTopic topic, DiffResult.Page found) {
    long fromSeq = topic.cursor();
    PageCache.Entry<P> entry =
        new PageCache.Entry<>(
            topic.ref(),
            fromSeq,
            topic.query(),
            topic.durableOnly(),
            reader.stamp(),
            found,
            pages.close(topic, found.recordsFrom(fromSeq), found));
    cache.put(entry);
    return entry;
  }

  private void deleted(WatchedTopic topic, WatchReader<P> to) {
    topic.end();
    to.deleted(topic);
    topic.detach();
  }

  private void stopped(WatchedTopic topic, Refusal why, WatchReader<P> to) {
    topic.end();
    to.failed(topic, why);
    topic.detach();
  }

  private void tell(WatchedTopic topic, PageCache.Entry<P> read, WatchReader<P> to) {
    DiffResult.Page found = read.found();
    topic.setReadable();
    boolean first = topic.takeFirstRead();
    Tombstone tombstone = found.tombstone();
    long fromSeq = found.recordsFrom(topic.cursor());
    if (tombstone != null) {
      boolean atFloor =
          tombstone.reason() != LossReason.RECREATED
              && tombstone.gapTo() + 1 == found.earliestSeq();
      topic.advance(fromSeq);
      to.tombstone(topic, tombstone, first && atFloor);
    }
    topic.advance(found.nextFromSeq());
    if (read.page() != null) {
      to.records(topic, found, read.page());
    }
    if (topic.becameLive(found.caughtUp())) {
      to.caughtUp(topic, found.headSeq());
    }
    if (!found.caughtUp()) {
      topic.setDue(true);
    } else if (topic.durableOnly() && found.headSeq() < topic.ref().headSeq()) {
      wire.awaitSync(topic.ref(), topic);
    }
  }
}
