package dev.topics.engine.watch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A set of topics that one reader follows, each from its own cursor.
///
/// **Threading** whoever serves it; handed from one to the next by its [WatchSession].
public final class Watch {
  private final List<WatchedTopic> topics = new ArrayList<>(1);

  /// No topics yet.
  public Watch() {}

  /// Adds a topic; one of the same name is replaced.
  public void add(WatchedTopic topic) {
    remove(topic.name());
    topics.add(topic);
  }

  /// Takes a topic out, and returns it; null if it is not there.
  public @Nullable WatchedTopic remove(String name) {
    for (int i = 0; i < topics.size(); i++) {
      if (topics.get(i).name().equals(name)) {
        WatchedTopic removed = topics.remove(i);
        removed.detach();
        return removed;
      }
    }
    return null;
  }

  /// All topics, those included that have ended.
  public List<WatchedTopic> topics() {
    return Collections.unmodifiableList(topics);
  }

  WatchedTopic topic(int index) {
    return topics.get(index);
  }

  int size() {
    return topics.size();
  }

  /// Moves back to `cursors`, by name, where they are behind; never forward.
  public void rewind(Map<String, Long> cursors) {
    for (WatchedTopic topic : topics) {
      Long cursor = cursors.get(topic.name());
      if (cursor != null) {
        topic.rewind(cursor);
      }
    }
  }
}
