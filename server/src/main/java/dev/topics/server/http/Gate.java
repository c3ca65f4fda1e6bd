package dev.topics.server.http;

import org.jspecify.annotations.Nullable;

/// Says whether a route is served at the moment.
@FunctionalInterface
public interface Gate {
  /// Why not, or null.
  @Nullable Problem check(Route route);
}
