package dev.topics.engine.topic;

import java.util.Arrays;

/// The lines that a topic rings when there is news of it: one for each thread with followers.
/// Immutable; most topics have [#NONE].
final class NewsLines {
  static final NewsLines NONE = new NewsLines();

  private final NewsLine[] lines;

  private NewsLines(NewsLine... lines) {
    this.lines = lines;
  }

  boolean any() {
    return lines.length > 0;
  }

  NewsLines with(NewsLine line) {
    NewsLine[] more = Arrays.copyOf(lines, lines.length + 1);
    more[lines.length] = line;
    return new NewsLines(more);
  }

  NewsLines without(NewsLine line) {
    NewsLine[] rest = Arrays.stream(lines).filter(other -> other != line).toArray(NewsLine[]::new);
    return rest.length == 0 ? NONE : new NewsLines(rest);
  }

  void ring() {
    for (NewsLine line : lines) {
      line.ring();
    }
  }
}
