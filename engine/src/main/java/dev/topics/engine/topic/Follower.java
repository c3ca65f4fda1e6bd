package dev.topics.engine.topic;

/// Hears on its own thread that there may be something new in a topic it follows.
@FunctionalInterface
public interface Follower {
  /// Something became visible or durable, or the topic is gone: look again. One call may stand for
  /// many changes, and there may be nothing new after all.
  void news();
}
