package dev.topics.engine.model;

import org.jspecify.annotations.Nullable;

/// What comes with the records of an append.
///
/// @param idempotencyKey used when the body has none
/// @param config used only if this append creates the topic
public record AppendOptions(@Nullable String idempotencyKey, ConfigPatch config) {
  public static final AppendOptions NONE = new AppendOptions(null, ConfigPatch.NONE);
}
