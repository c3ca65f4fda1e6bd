package dev.topics.engine.watch;

import dev.topics.engine.model.DiffQuery;
import dev.topics.engine.topic.Follower;
import dev.topics.engine.topic.Following;
import dev.topics.engine.topic.TopicRef;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// One topic of a [Watch]: how it is read, and how far that got.
///
/// **Threading** whoever serves the watch.
public final class WatchedTopic implements Follower {
  private final TopicRef ref;
  private final DiffQuery query;
  private final boolean durableOnly;
  private long cursor;
  private boolean ended;

  // What belongs to the watcher that serves it now.
  private @Nullable Watcher<?> watcher;
  private @Nullable Following following;
  private boolean due;
  private @Nullable Future<?> awaited;
  private boolean fetched;
  private boolean unreadable;
  private boolean firstRead;
  private boolean live;

  /// @param query its cursor is where to begin
  /// @param durableOnly whether to leave out what is not on stable storage yet
  public WatchedTopic(TopicRef ref, DiffQuery query, boolean durableOnly) {
    this.ref = ref;
    this.query = query;
    this.durableOnly = durableOnly;
    cursor = query.fromSeq();
  }

  public TopicRef ref() {
    return ref;
  }

  public String name() {
    return ref.name().value();
  }

  DiffQuery query() {
    return query;
  }

  /// How many bytes of records a page has, unless one record alone has more.
  public int pageBytesMax() {
    return query.maxBatchBytes();
  }

  boolean durableOnly() {
    return durableOnly;
  }

  /// The seq up to which everything was delivered or told of.
  public long cursor() {
    return cursor;
  }

  void advance(long seq) {
    cursor = seq;
  }

  /// Goes back to `seq` if that is behind; what was told after it is told again.
  void rewind(long seq) {
    cursor = Math.min(cursor, seq);
    ended = false;
  }

  /// Whether the reader was told that the topic is gone.
  public boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }

  // ---- while it is served

  void attach(Watcher<?> by, Following news) {
    watcher = by;
    following = news;
    due = true;
    fetched = false;
    unreadable = false;
    firstRead = true;
    live = false;
  }

  void detach() {
    watcher = null;
    due = false;
    Future<?> begun = awaited;
    awaited = null;
    if (begun != null) {
      begun.cancel(false);
    }
    Following news = following;
    following = null;
    if (news != null) {
      news.end();
    }
  }

  @Override
  public void news() {
    Watcher<?> by = watcher;
    if (by != null) {
      due = true;
      by.news();
    }
  }

  boolean isDue() {
    return due && awaited == null;
  }

  /// Is not due until [#fetched] or [#resume], whatever comes.
  void pause(Future<?> begun) {
    awaited = begun;
  }

  /// What comes next is in memory now.
  void fetched() {
    fetched = true;
    resume();
  }

  /// What comes next may be read.
  void resume() {
    awaited = null;
    news();
  }

  /// Notes that what comes next cannot be read for now; returns whether it just came to that.
  boolean becameUnreadable() {
    boolean became = !unreadable;
    unreadable = true;
    return became;
  }

  /// Notes that what comes next can be read.
  void setReadable() {
    unreadable = false;
  }

  /// Whether what came next was fetched; true once.
  boolean takeFetched() {
    boolean was = fetched;
    fetched = false;
    return was;
  }

  void setDue(boolean mayHaveMore) {
    due = mayHaveMore;
  }

  /// Whether nothing was read since the reader connected; true once.
  boolean takeFirstRead() {
    boolean first = firstRead;
    firstRead = false;
    return first;
  }

  /// Notes whether the reader has everything; returns whether it just came to that.
  boolean becameLive(boolean caughtUp) {
    boolean became = caughtUp && !live;
    live = caughtUp;
    return became;
  }
}
