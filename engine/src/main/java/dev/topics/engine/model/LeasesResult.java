package dev.topics.engine.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The jobs of a queue that are more than ready for the first time.
public sealed interface LeasesResult permits LeasesResult.Page, Refusal {
  /// What a job is doing.
  enum State {
    LEASED,
    DELAYED,
    READY,
    BLOCKED,
    STUCK
  }

  /// One job.
  ///
  /// @param node who holds it; null for nobody
  /// @param until when the lease or the delay ends, ms since the Unix epoch; 0 for neither
  /// @param error the last one that it was given back with
  record Lease(
      long seq,
      State state,
      @Nullable String node,
      long token,
      long until,
      int deliveries,
      @Nullable String error,
      @Nullable String orderKey) {}

  /// Some of them, ascending by seq; `more` says whether there are others behind.
  record Page(List<Lease> leases, boolean more) implements LeasesResult {}
}
