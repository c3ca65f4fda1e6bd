package dev.topics.engine.model;

/// A valid topic name: 1 to 255 characters out of letters, digits and `. _ : -`, the first one a
/// letter or a digit.
public record TopicName(String value) implements Comparable<TopicName> {
  private static final int LENGTH_MAX = 255;

  /// @throws IllegalArgumentException if `value` is not a topic name; the message says why
  public TopicName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "a topic name has 1 to 255 characters out of A-Z a-z 0-9 . _ : - and starts with a letter"
              + " or a digit");
    }
  }

  /// Whether `value` is a topic name.
  public static boolean isValid(String value) {
    int length = value.length();
    if (length == 0 || length > LENGTH_MAX || !isAlphanumeric(value.charAt(0))) {
      return false;
    }
    for (int i = 1; i < length; i++) {
      char c = value.charAt(i);
      if (!isAlphanumeric(c) && c != '.' && c != '_' && c != ':' && c != '-') {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  @Override
  public int compareTo(TopicName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
