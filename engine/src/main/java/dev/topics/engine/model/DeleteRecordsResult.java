package dev.topics.engine.model;

/// What became of deleting records.
public sealed interface DeleteRecordsResult permits DeleteRecordsResult.Deleted, Refusal {
  /// `deleted` records are gone; the rest describes the topic afterwards.
  record Deleted(long deleted, long earliestSeq, long headSeq, long count, long bytes)
      implements DeleteRecordsResult {}
}
