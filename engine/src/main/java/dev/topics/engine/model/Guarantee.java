package dev.topics.engine.model;

/// What a router promises (http-api §7.1). No copy is lost or repeated either way; [#EXACTLY_ONCE]
/// also writes into each copy where it came from.
public enum Guarantee {
  AT_LEAST_ONCE,
  EXACTLY_ONCE
}
