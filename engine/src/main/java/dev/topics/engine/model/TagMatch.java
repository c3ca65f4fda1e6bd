package dev.topics.engine.model;

/// Which tags a call means: one, or all that start with a prefix.
public sealed interface TagMatch {
  /// Whether `tag` is meant.
  boolean matches(String tag);

  /// Exactly this tag.
  record Exact(String tag) implements TagMatch {
    @Override
    public boolean matches(String other) {
      return tag.equals(other);
    }
  }

  /// Every tag that starts with `prefix`; the empty prefix means every tagged record.
  record Prefix(String prefix) implements TagMatch {
    @Override
    public boolean matches(String other) {
      return other.startsWith(prefix);
    }
  }
}
