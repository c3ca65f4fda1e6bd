package dev.topics.engine.topic;

/// A wait for something new in a topic.
@FunctionalInterface
public interface Wakeup {
  /// Ends the wait; nothing happens if it has ended.
  void cancel();
}
