package dev.topics.engine.model;

import java.util.List;
import java.util.Map;

/// What became of moving jobs from a dead letter back: of one slice of it.
public sealed interface RedriveResult permits RedriveResult.Redriven, Refusal {
  /// Why a record stays.
  enum Reason {
    /// It has no origin in its meta, and no target was named.
    NO_ORIGIN,
    /// It was redriven too often already.
    LOOP,
    /// The client may not write to its origin.
    FORBIDDEN,
    /// Its origin does not exist any more.
    TARGET_MISSING,
    /// Its target is at its cap and refuses more.
    TARGET_FULL,
    /// Somebody holds it, as a job of the dead letter, which is a queue.
    LEASED,
    /// Its stored bytes failed their checksum.
    CORRUPT
  }

  /// A record that stays.
  record Skipped(long seq, Reason reason) {}

  /// What was moved.
  ///
  /// @param jobs how many were moved, or would be
  /// @param targets how many to each topic
  /// @param more whether there is more to do than this call did
  record Redriven(
      long jobs, Map<String, Long> targets, List<Skipped> skipped, long skippedTotal, boolean more)
      implements RedriveResult {}
}
