package dev.topics.engine.model;

/// What became of an append.
public sealed interface AppendResult
    permits AppendResult.Appended, AppendResult.TopicFull, AppendResult.LargerThanCap, Refusal {
  /// The records have the seqs `firstSeq` to `lastSeq`, and what their class promises holds.
  ///
  /// @param deduped whether an earlier append with the same key did it
  /// @param commitNanos time spent under the commit lock
  /// @param syncNanos time spent waiting for a sync; 0 if the ack did not wait for one
  record Appended(
      long firstSeq,
      long lastSeq,
      long headSeq,
      boolean created,
      boolean deduped,
      long commitNanos,
      long syncNanos)
      implements AppendResult {
    public int count() {
      return (int) (lastSeq - firstSeq + 1);
    }
  }

  /// The topic refuses what would pass its caps.
  record TopicFull(long capRecords, long capBytes, long headSeq, long earliestSeq)
      implements AppendResult {}

  /// The write alone is larger than the whole cap of a topic that refuses what would pass its caps.
  record LargerThanCap(long capRecords, long capBytes) implements AppendResult {}
}
