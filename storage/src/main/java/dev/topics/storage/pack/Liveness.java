package dev.topics.storage.pack;

/// Tells which records are still needed.
public interface Liveness {
  /// The first seq at or above `seq` that may be alive; [Long#MAX_VALUE] if there is none.
  long nextLive(long owner, long seq);

  /// The first seq above `seq`, which may be alive, that is not; [Long#MAX_VALUE] if there is none.
  long nextDead(long owner, long seq);
}
