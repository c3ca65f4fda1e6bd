package dev.topics.server.http;

/// An answer that goes on: a stream of events, or a WebSocket. Driven by its connection.
interface Flow {
  /// The client has taken everything that was written.
  void taken();

  /// The client is gone, or what carries the flow is.
  void lost();

  /// The client sends no more: it counts as gone, but is told of the end as if it were not.
  void inputShut();

  /// Says why to the client, and ends.
  void fail(Problem problem);

  /// Looks whether the client takes anything; returns for how many nanoseconds there is no need to
  /// look again, unless the wire asks for it, as it does when the client does not take something.
  ///
  /// @param stalledMillis without the client taking any byte
  long tick(long nowNanos, long stalledMillis);
}
