package dev.topics.engine.model;

/// A partial configuration: sets the fields that a caller gave and leaves the others.
@FunctionalInterface
public interface ConfigPatch {
  /// Changes nothing.
  ConfigPatch NONE = builder -> {};

  /// Sets the given fields of `builder`.
  void applyTo(TopicConfig.Builder builder);

  /// `base` with the given fields set.
  ///
  /// @throws IllegalArgumentException for a value that [TopicConfig] refuses
  default TopicConfig appliedTo(TopicConfig base) {
    TopicConfig.Builder builder = base.toBuilder();
    applyTo(builder);
    return builder.build();
  }
}
