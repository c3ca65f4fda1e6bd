package dev.topics.engine.topic;

import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.RouterConfig;
import dev.topics.engine.model.TopicConfig;
import dev.topics.engine.model.TopicName;
import dev.topics.storage.journal.Urgency;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A change of a router and of the topics that it needs: one frame. Nothing changes before
/// [#commit].
///
/// **Threading** Under the commit lock, from [Topics#changeRouters] on.
public final class RouterChange {
  private final Topics topics;
  private final List<Operation> operations = new ArrayList<>();
  private final Map<TopicName, Long> created = new LinkedHashMap<>();

  RouterChange(Topics topics) {
    this.topics = topics;
  }

  /// Why no change is taken; null if they are.
  public @Nullable Refusal refusal() {
    return topics.commits().refusal();
  }

  /// Why the topics that are absent of these may not be created; null if they may.
  public @Nullable Refusal refuseCreation(Set<TopicName> names) {
    int absent = 0;
    for (TopicName name : names) {
      absent += find(name) == null ? 1 : 0;
    }
    return absent == 0 ? null : topics.quota().refuseTopics(absent);
  }

  /// The topic of this name; null if there is none.
  public @Nullable Topic find(TopicName name) {
    return topics.table().find(name.value());
  }

  /// All topics.
  public Collection<Topic> topics() {
    return topics.table().all();
  }

  /// The id of the topic, which is created if absent.
  public long idOf(TopicName name) {
    Topic topic = find(name);
    if (topic != null) {
      return topic.id();
    }
    Long planned = created.get(name);
    if (planned != null) {
      return planned;
    }
    long id = topics.table().nextId() + created.size();
    TopicCommands.addCreation(operations, id, name, TopicConfig.DEFAULT, topics.clock().nanos());
    created.put(name, id);
    return id;
  }

  /// Creates or changes a router.
  ///
  /// @param sourceId 0 for a pattern
  /// @param starts cursors that are set, by the id of the source; all others stay where they are
  public void put(int router, RouterConfig config, long sourceId, Map<Long, Long> starts) {
    long destId = idOf(config.dest());
    List<RouterOperation.Start> logged = new ArrayList<>();
    starts.forEach((source, cursor) -> logged.add(new RouterOperation.Start(source, cursor)));
    operations.add(new RouterOperation.Put(destId, router, config, sourceId, logged));
  }

  /// Deletes a router.
  public void drop(int router) {
    operations.add(new RouterOperation.Drop(router));
  }

  /// Commits everything as one frame, then answers with `answer` when it is durable; null if the
  /// log needs room first.
  ///
  /// @param about a topic that the change is about
  public <R> @Nullable CompletableFuture<R> commit(
      TopicName about, Urgency urgency, Supplier<R> answer, Supplier<R> failed, Supplier<R> full) {
    return switch (topics.commits().commit(operations, urgency)) {
      case OK -> {
        for (TopicName name : created.keySet()) {
          Topic topic = known(name);
          var _ =
              topics
                  .commits()
                  .whenDurable(
                      topics.commits().lastLsn(), topic, topic.committed(), _ -> true, false);
        }
        yield whenDurable(about, answer.get(), failed.get());
      }
      case NO_SPARE -> null;
      case DISK_FULL -> CompletableFuture.completedFuture(full.get());
      case FAILED -> CompletableFuture.completedFuture(failed.get());
    };
  }

  /// Whether the frame `lsn` is durable.
  public boolean isDurable(long lsn) {
    return lsn <= topics.commits().durableLsn();
  }

  /// Answers with `result` when everything that was committed is durable.
  public <R> CompletableFuture<R> whenDurable(TopicName about, R result, R failure) {
    CommitLog commits = topics.commits();
    return commits.whenDurable(commits.lastLsn(), known(about), null, _ -> result, failure);
  }

  private Topic known(TopicName name) {
    Topic topic = find(name);
    if (topic == null) {
      throw new IllegalStateException("topic " + name + " was not created");
    }
    return topic;
  }
}
