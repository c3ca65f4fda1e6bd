package dev.topics.server.limits;

import org.jspecify.annotations.Nullable;

/// What clients may hold of a server at once (http-api §11).
///
/// A server without keys counts everybody as one key, but only where the limit was set on purpose:
/// its default is meant for one client among many.
///
/// @param requests in progress, of each key
/// @param streams open streams and sockets, of all
/// @param streamsPerKey the same of each key
public record ConnectionLimits(LimitPerKey requests, Limit streams, LimitPerKey streamsPerKey) {
  /// Defaults.
  public static final int REQUESTS_PER_KEY = 1000;

  public static final int STREAMS = 10_000;
  public static final int STREAMS_PER_KEY = 1000;

  /// The limits that hold if nobody says otherwise.
  public static ConnectionLimits defaults() {
    return of(null, null, null);
  }

  /// Limits that were set; null for those that were not.
  public static ConnectionLimits of(
      @Nullable Long requests, @Nullable Long streams, @Nullable Long streamsPerKey) {
    return new ConnectionLimits(
        perKey("max_inflight_per_key", requests, REQUESTS_PER_KEY),
        new Limit("max_sse_connections", streams == null ? STREAMS : streams),
        perKey("max_sse_connections_per_key", streamsPerKey, STREAMS_PER_KEY));
  }

  private static LimitPerKey perKey(String name, @Nullable Long set, int fallback) {
    return set == null ? new LimitPerKey(name, fallback, 0) : new LimitPerKey(name, set, set);
  }

  /// Takes a place for a stream of the key named `owner`.
  ///
  /// @return the limit that has none, or null
  public @Nullable Limit takeStream(String owner) {
    if (!streams.tryTake()) {
      return streams;
    }
    Limit own = streamsPerKey.of(owner);
    if (!own.tryTake()) {
      streams.give();
      return own;
    }
    return null;
  }

  /// Gives back what [#takeStream] took.
  public void giveStream(String owner) {
    streamsPerKey.of(owner).give();
    streams.give();
  }
}
