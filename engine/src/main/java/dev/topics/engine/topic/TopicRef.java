package dev.topics.engine.topic;

import dev.topics.engine.model.Durability;
import dev.topics.engine.model.TopicName;

/// One instance of a topic, and no other that gets its name later.
///
/// **Threading** any thread.
public final class TopicRef {
  private final Topic topic;

  TopicRef(Topic topic) {
    this.topic = topic;
  }

  Topic topic() {
    return topic;
  }

  public TopicName name() {
    return topic.name();
  }

  /// Whether somebody deleted it.
  public boolean isDeleted() {
    return topic.isDropped();
  }

  /// The highest visible seq; the last one there was if the topic is deleted.
  public long headSeq() {
    return topic.view().head();
  }

  /// Whether its records are held in memory only, so that they never become durable.
  public boolean isEphemeral() {
    return topic.view().config().durability() == Durability.EPHEMERAL;
  }

  /// How urgent its deliveries are at `nowMillis`, without what waiting adds (semantics §9).
  public int priority(long nowMillis) {
    return Priority.effective(topic.view().config(), topic.lastReadMillis(), nowMillis);
  }
}
