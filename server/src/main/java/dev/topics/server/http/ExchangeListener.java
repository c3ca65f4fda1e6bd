package dev.topics.server.http;

import org.jspecify.annotations.Nullable;

/// Hears of every answer, on the event loop that sent it.
public interface ExchangeListener {
  /// An answer was sent.
  ///
  /// @param route null if no route matched
  /// @param nanos from the complete request to the answer
  void answered(@Nullable Route route, int status, long nanos, long bytesIn, long bytesOut);

  /// A stream began; its head counts as an answer of its own.
  void streamBegan();

  /// A stream ended that carried `bytesOut`.
  void streamEnded(long bytesOut);
}
