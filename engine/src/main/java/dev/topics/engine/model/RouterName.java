package dev.topics.engine.model;

/// A valid router name: like that of a topic, and `>` is allowed behind the first character.
public record RouterName(String value) implements Comparable<RouterName> {
  /// @throws IllegalArgumentException if `value` is not a router name; the message says why
  public RouterName {
    if (!TopicName.isValid(value.replace('>', '-'))) {
      throw new IllegalArgumentException(
          "a router name has 1 to 255 characters out of A-Z a-z 0-9 . _ : - > and starts with a"
              + " letter or a digit");
    }
  }

  @Override
  public int compareTo(RouterName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
