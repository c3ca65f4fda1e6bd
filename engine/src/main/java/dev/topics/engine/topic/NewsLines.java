package dev.topics.engine.topic;

import java.util.Arrays;

/// The lines that a topic rings when there is news of it: one for each thread with followers.
///
/// **Threading** any thread.
final class NewsLines {
  private static final NewsLine[] NONE = {};

  private volatile NewsLine[] lines = NONE;

  boolean any() {
    return lines.length > 0;
  }

  synchronized void add(NewsLine line) {
    NewsLine[] more = Arrays.copyOf(lines, lines.length + 1);
    more[lines.length] = line;
    lines = more;
  }

  synchronized void remove(NewsLine line) {
    lines = Arrays.stream(lines).filter(other -> other != line).toArray(NewsLine[]::new);
  }

  void ring() {
    for (NewsLine line : lines) {
      line.ring();
    }
  }
}
