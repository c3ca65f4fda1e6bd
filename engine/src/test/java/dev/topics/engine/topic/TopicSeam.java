package dev.topics.engine.topic;

import dev.topics.engine.index.AppendIndex;
import dev.topics.engine.index.IdempotencyWindow;
import dev.topics.engine.index.SeqRanges;
import dev.topics.engine.model.TopicName;
import java.util.Objects;

/// Spoils topics as bugs would.
public final class TopicSeam {
  private TopicSeam() {}

  /// Tells a topic that a pack has its records from the journal, and forgets its run in it.
  public static void installWithoutRun(Topics topics, TopicName name) {
    Topic topic = topics.table().find(name.value());
    View view = topic == null ? null : topics.committed(topic);
    AppendIndex.Stretch stretch =
        view == null ? null : view.index().stretchInJournal(view.earliest(), Long.MAX_VALUE);
    if (stretch == null) {
      return;
    }
    Installing installing = new Installing(topics);
    installing.add(
        topic,
        new PackInstall(
            topic.id(),
            view.index().firstSeq(stretch.firstEntry()),
            view.lastOf(stretch.lastEntry()),
            null,
            new SeqRanges()));
    var _ = installing.step();
  }

  /// Skips the oldest records of a topic in what the next checkpoint sees of it.
  public static void skipInMemory(Topics topics, TopicName name) {
    topics
        .commits()
        .locked(() -> {
          Topic topic = topics.table().find(name.value());
          View view = topic == null ? null : topic.view();
          AppendIndex.Stretch stretch =
              view == null ? null : view.index().stretchInJournal(view.earliest(), Long.MAX_VALUE);
          if (stretch != null) {
            long first = view.index().firstSeq(stretch.firstEntry());
            topic.applyInstall(first, view.lastOf(stretch.firstEntry()), null, new SeqRanges());
            topics.commits().publish(topic);
          }
          return true;
        });
  }

  /// Where routers find records.
  public static Topic topic(Topics topics, TopicName name) {
    return Objects.requireNonNull(topics.table().find(name.value()));
  }

  /// How many idempotency keys a topic holds in memory.
  public static int keys(Topics topics, TopicName name) {
    IdempotencyWindow keys = topic(topics, name).keys();
    return keys == null ? 0 : keys.oldestFirst().length;
  }

  /// Shows readers of a topic again what they see now, whenever it is run.
  public static Runnable goingBackToNow(Topics topics, TopicName name) {
    Topic topic = topic(topics, name);
    View now = topic.view();
    return () -> topic.show(now);
  }

  /// Takes no more changes, as after a failed sync.
  public static void failStorage(Topics topics) {
    topics.commits().failWaiting();
  }

  /// Forgets which files of the journal others refer to.
  public static void forgetReferences(Topics topics) {
    topics
        .commits()
        .locked(() -> {
          topics.table().references().forgetBelow(Long.MAX_VALUE);
          return true;
        });
  }
}
