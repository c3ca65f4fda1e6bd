package dev.topics.engine.model;

import java.util.regex.Pattern;

/// Where a router takes its records from: one topic, or all topics whose names match a pattern.
///
/// A pattern consists of tokens between `.` and `:`. The token `*` stands for any one token, `>` at
/// the end for one or more.
public sealed interface RouterSource {
  /// As clients write it.
  String text();

  /// What the names of all topics that match begin with.
  String literalPrefix();

  /// Whether records of this topic are taken.
  boolean matches(TopicName topic);

  /// One topic.
  record One(TopicName topic) implements RouterSource {
    @Override
    public String text() {
      return topic.value();
    }

    @Override
    public String literalPrefix() {
      return topic.value();
    }

    @Override
    public boolean matches(TopicName other) {
      return topic.equals(other);
    }
  }

  /// All topics that match, those created later included.
  record Many(String text) implements RouterSource {
    private static final Pattern DELIMITER = Pattern.compile("(?<=[.:])|(?=[.:])");

    /// @throws IllegalArgumentException if `text` is not a pattern; the message says why
    public Many {
      if (!isPattern(text)) {
        throw new IllegalArgumentException(
            "a pattern is a topic name in which tokens between . and : are * (any one) or, at the"
                + " end, > (one or more)");
      }
    }

    private static boolean isPattern(String text) {
      String[] parts = DELIMITER.split(text, -1);
      StringBuilder name = new StringBuilder(text.length());
      for (int i = 0; i < parts.length; i++) {
        boolean wild = parts[i].equals("*") || (parts[i].equals(">") && i == parts.length - 1);
        name.append(wild ? "a" : parts[i]);
      }
      return TopicName.isValid(name.toString());
    }

    @Override
    public String literalPrefix() {
      int end = 0;
      while (text.charAt(end) != '*' && text.charAt(end) != '>') {
        end++;
      }
      return text.substring(0, end);
    }

    @Override
    public boolean matches(TopicName topic) {
      String name = topic.value();
      int at = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '>') {
          return at < name.length();
        }
        if (c == '*') {
          int start = at;
          while (at < name.length() && !isDelimiter(name.charAt(at))) {
            at++;
          }
          if (at == start) {
            return false;
          }
        } else if (at < name.length() && name.charAt(at) == c) {
          at++;
        } else {
          return false;
        }
      }
      return at == name.length();
    }

    private static boolean isDelimiter(char c) {
      return c == '.' || c == ':';
    }
  }

  /// What `text` means.
  ///
  /// @throws IllegalArgumentException if it is neither a topic name nor a pattern
  static RouterSource of(String text) {
    boolean wild = text.indexOf('*') >= 0 || text.indexOf('>') >= 0;
    return wild ? new Many(text) : new One(new TopicName(text));
  }
}
