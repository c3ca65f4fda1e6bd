package dev.topics.engine.topic;

import java.util.ArrayDeque;
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
/// the thread then tells them. So what a write costs depends on the number of threads alone. It
/// tells some at a time, between its other work: where thousands follow a topic, a look at each of
/// them takes longer than others should wait.
///
/// **Threading** one thread owns a wire, and runs what is given to its executor; writers call
/// `ring` on the lines of their topic, and nothing else.
public final class Newswire {
  private static final Logger log = LoggerFactory.getLogger(Newswire.class);

  /// So many followers are told in one go.
  private static final int TOLD_MAX = 128;

  private final CommitLog commits;
  private final Executor owner;
  private final Executor later;
  private final ArrayDeque<NewsLine> telling = new ArrayDeque<>();
  private final IdentityHashMap<Topic, NewsLine> lines = new IdentityHashMap<>();
  private final AtomicReference<@Nullable NewsLine> news = new AtomicReference<>();
  private final AtomicBoolean awaitsSync = new AtomicBoolean();
  private List<Follower> awaitingSync = new ArrayList<>();

  Newswire(CommitLog commits, Executor owner, Executor later) {
    this.commits = commits;
    this.owner = owner;
    this.later = later;
  }

  /// Tells `follower` from now on; what is there already it has to look for itself.
  public Following follow(TopicRef ref, Follower follower) {
    NewsLine line = lines.get(ref.topic());
    if (line == null) {
      line = new NewsLine(this, ref.topic());
      lines.put(ref.topic(), line);
      ref.topic().add(line);
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
    line.topic().remove(line);
  }

  /// The log was synced. On any thread.
  void synced() {
    if (awaitsSync.get() && awaitsSync.compareAndSet(true, false)) {
      wake(owner, this::tellSynced);
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
      wake(owner, this::tellNews);
    }
  }

  private static void wake(Executor by, Runnable task) {
    try {
      by.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("news for a thread that has ended", e);
    }
  }

  private void tellNews() {
    boolean planned = !telling.isEmpty();
    NewsLine line = news.getAndSet(null);
    while (line != null) {
      NewsLine next = line.next;
      line.next = null;
      if (line.begin()) {
        telling.add(line);
      }
      line = next;
    }
    if (!planned) {
      tellSome();
    }
  }

  /// The lines take turns: one with few followers does not wait for all of one with many, and one
  /// that is rung again waits for all that were not told yet.
  private void tellSome() {
    int left = TOLD_MAX;
    try {
      while (left > 0 && !telling.isEmpty()) {
        NewsLine line = telling.remove();
        try {
          left -= line.tell(left);
        } finally {
          if (line.goesOn()) {
            telling.add(line);
          }
        }
      }
    } finally {
      if (!telling.isEmpty()) {
        wake(later, this::tellSome);
      }
    }
  }
}
