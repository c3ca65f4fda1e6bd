package dev.topics.engine.topic;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where one thread hears of news in the topics that it follows.
///
/// A writer marks its topic and wakes each thread at most once, whatever the number of followers:
/// the thread then tells them. So what a write costs depends on the number of threads alone.
///
/// **Threading** one thread owns a wire, and runs what is given to its executor; writers call
/// `ring` on the lines of their topic, and nothing else.
public final class Newswire {
  private static final Logger log = LoggerFactory.getLogger(Newswire.class);

  private final CommitLog commits;
  private final Executor owner;
  private final IdentityHashMap<Topic, NewsLine> lines = new IdentityHashMap<>();
  private final AtomicReference<@Nullable NewsLine> news = new AtomicReference<>();
  private final AtomicBoolean awaitsSync = new AtomicBoolean();
  private List<Follower> awaitingSync = new ArrayList<>();

  Newswire(CommitLog commits, Executor owner) {
    this.commits = commits;
    this.owner = owner;
  }

  /// Tells `follower` from now on; what is there already it has to look for itself.
  public Following follow(TopicRef ref, Follower follower) {
    NewsLine line = lines.get(ref.topic());
    if (line == null) {
      line = new NewsLine(this, ref.topic());
      lines.put(ref.topic(), line);
      ref.topic().news().add(line);
    }
    return line.add(follower);
  }

  /// Tells `follower` once, when more of what is visible now is durable.
  public void awaitSync(TopicRef ref, Follower follower) {
    awaitingSync.add(follower);
    awaitsSync.set(true);
    if (ref.topic().durableHead().isDue(commits.durableLsn())) {
      synced();
    }
  }

  void drop(NewsLine line) {
    lines.remove(line.topic());
    line.topic().news().remove(line);
  }

  /// The log was synced. On any thread.
  void synced() {
    if (awaitsSync.get() && awaitsSync.compareAndSet(true, false)) {
      wake(this::tellSynced);
    }
  }

  private void tellSynced() {
    List<Follower> told = awaitingSync;
    awaitingSync = new ArrayList<>();
    told.forEach(Follower::news);
  }

  /// Takes a line whose followers are to be told. On any thread.
  void push(NewsLine line) {
    NewsLine top;
    do {
      top = news.get();
      line.next = top;
    } while (!news.compareAndSet(top, line));
    if (top == null) {
      wake(this::tellNews);
    }
  }

  private void wake(Runnable task) {
    try {
      owner.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("news for a thread that has ended", e);
    }
  }

  private void tellNews() {
    NewsLine line = news.getAndSet(null);
    while (line != null) {
      NewsLine next = line.next;
      line.next = null;
      line.tell();
      line = next;
    }
  }
}
