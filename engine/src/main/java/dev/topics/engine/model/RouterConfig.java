package dev.topics.engine.model;

import org.jspecify.annotations.Nullable;

/// What a router does (http-api §7.1).
///
/// @param filter which records, by tag; null for all
/// @param allowCycle whether copies may come back to the topic that they came from
public record RouterConfig(
    RouterName name,
    RouterSource source,
    TopicName dest,
    boolean preserveNode,
    boolean preserveTag,
    @Nullable TagMatch filter,
    boolean allowCycle,
    Guarantee guarantee) {

  /// Whether copies tell where they came from.
  public boolean stamps() {
    return guarantee == Guarantee.EXACTLY_ONCE || source instanceof RouterSource.Many;
  }
}
