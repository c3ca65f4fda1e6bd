package dev.topics.engine.model;

/// Tells a reader that records nobody asked to remove are gone: seqs `gapFrom` to `gapTo`, both
/// inclusive. Reading goes on at `earliestSeq`.
public record Tombstone(
    long gapFrom, long gapTo, LossReason reason, long earliestSeq, long headSeq) {

  /// How many records the gap held at most.
  public long missedEstimate() {
    return Math.max(0, gapTo - gapFrom + 1);
  }
}
