package dev.topics.server.http;

/// A connection that wants to know the time now and then, in the [Watchlist] of its event loop.
abstract class Watched {
  /// Where it is in the list; -1 while it is not there.
  int place = -1;

  /// Closes what has been silent for too long; returns for how many nanoseconds there is no need to
  /// look again.
  abstract long tick(long nowNanos);

  /// Finishes what is in progress, then closes.
  abstract void drain();
}
