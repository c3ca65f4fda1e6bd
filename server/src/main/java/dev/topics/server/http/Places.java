package dev.topics.server.http;

import dev.topics.server.limits.ConnectionLimits;
import dev.topics.server.limits.Limit;
import org.jspecify.annotations.Nullable;

/// What one exchange holds of what is bounded: a place among the requests in progress, then perhaps
/// one among the open streams.
///
/// **Threading** the event loop of the connection.
final class Places {
  private final ConnectionLimits limits;
  private @Nullable Limit request;
  private @Nullable String streamOwner;

  Places(ConnectionLimits limits) {
    this.limits = limits;
  }

  /// Takes a place among the requests of the key named `owner`.
  ///
  /// @throws Rejected 429 if there is none
  void takeRequest(String owner) {
    Limit limit = limits.requests().of(owner);
    if (!limit.tryTake()) {
      throw Problem.overLimit(limit.name(), limit.max()).rejected();
    }
    request = limit;
  }

  /// Gives back what [#takeRequest] took, if it did.
  void giveRequest() {
    Limit held = request;
    if (held != null) {
      request = null;
      held.give();
    }
  }

  /// Takes a place among the streams of the key named `owner`.
  ///
  /// @throws Rejected 429 if there is none
  void takeStream(String owner) {
    Limit full = limits.takeStream(owner);
    if (full != null) {
      throw Problem.overLimit(full.name(), full.max()).rejected();
    }
    streamOwner = owner;
  }

  /// Gives back what [#takeStream] took, if it did: what ends an answer may end it more than once.
  void giveStream() {
    String owner = streamOwner;
    if (owner != null) {
      streamOwner = null;
      limits.giveStream(owner);
    }
  }
}
