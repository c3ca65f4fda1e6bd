package dev.topics.engine.model;

/// What became of an ack, a nack or an extension.
public sealed interface LeaseResult permits LeaseResult.Done, Refusal {
  /// Done for those jobs that the asking node held.
  ///
  /// @param done the jobs, ascending
  /// @param skipped the seqs that were none, in the order in which they were given
  /// @param deadline when the leases end now, ms since the Unix epoch; 0 if they are over
  /// @param counts the queue afterwards
  record Done(Seqs done, Seqs skipped, long deadline, QueueCounts counts) implements LeaseResult {}
}
