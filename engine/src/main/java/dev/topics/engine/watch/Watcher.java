package dev.topics.engine.watch;

/// The delivery of one [Watch] to one reader, as fast as that takes it.
///
/// **Threading** the thread of its desk.
///
/// @param <P> a page of records
public final class Watcher<P> extends Deliveries.Waiting {
  private final WatchDesk<P> desk;
  private final Watch watch;
  private final WatchReader<P> to;
  private int next;
  private boolean stopped;

  Watcher(WatchDesk<P> desk, Watch watch, WatchReader<P> to) {
    this.desk = desk;
    this.watch = watch;
    this.to = to;
    watch.topics().forEach(this::follow);
    news();
  }

  /// Adds a topic to the watch, from its own cursor on.
  public void add(WatchedTopic topic) {
    watch.add(topic);
    follow(topic);
    news();
  }

  private void follow(WatchedTopic topic) {
    if (!topic.isEnded()) {
      topic.attach(this, desk.wire().follow(topic.ref(), topic));
    }
  }

  /// Delivers nothing more. The watch stays where it is.
  public void stop() {
    if (!stopped) {
      stopped = true;
      desk.withdraw(this);
      watch.topics().forEach(WatchedTopic::detach);
    }
  }

  /// The reader has taken what was delivered.
  public void writable() {
    news();
  }

  /// Something may have to be delivered. Whether the reader takes it is seen when it is its turn:
  /// thousands are told in one go, and a look at each connection would be most of that.
  void news() {
    if (!stopped && !isWaiting() && nextDue() >= 0) {
      desk.offer(this);
    }
  }

  /// What comes next of `topic` is in memory now.
  void fetched(WatchedTopic topic) {
    if (!stopped) {
      topic.fetched();
    }
  }

  /// `topic` may be read again.
  void resume(WatchedTopic topic) {
    if (!stopped) {
      topic.resume();
    }
  }

  @Override
  void serve() {
    int due = nextDue();
    if (due >= 0 && to.isWritable()) {
      next = due + 1;
      try {
        desk.deliver(this, watch.topic(due), to);
        to.flush();
        if (to.isWritable()) {
          news();
        }
      } catch (RuntimeException | Error e) {
        stop();
        to.broken(e);
      }
    }
  }

  /// The first topic that is due, from where the last one was served on; -1 if none is.
  private int nextDue() {
    int size = watch.size();
    for (int i = 0; i < size; i++) {
      int index = next + i < size ? next + i : (next + i) % size;
      if (watch.topic(index).isDue()) {
        return index;
      }
    }
    return -1;
  }

  /// That of the most urgent topic which is due.
  int priority(long nowMillis) {
    int highest = Integer.MIN_VALUE;
    for (int i = 0; i < watch.size(); i++) {
      if (watch.topic(i).isDue()) {
        highest = Math.max(highest, watch.topic(i).ref().priority(nowMillis));
      }
    }
    return highest;
  }
}
