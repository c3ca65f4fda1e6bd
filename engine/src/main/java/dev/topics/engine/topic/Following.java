package dev.topics.engine.topic;

/// That somebody follows a topic, until it is ended.
///
/// **Threading** the thread of its [Newswire].
public final class Following {
  private final NewsLine line;
  private final Follower follower;
  private int index;

  Following(NewsLine line, Follower follower, int index) {
    this.line = line;
    this.follower = follower;
    this.index = index;
  }

  /// Ends it; the follower hears nothing more. Nothing happens if it has ended.
  public void end() {
    if (index >= 0) {
      line.remove(this);
      index = -1;
    }
  }

  Follower follower() {
    return follower;
  }

  int index() {
    return index;
  }

  void moveTo(int newIndex) {
    index = newIndex;
  }
}
