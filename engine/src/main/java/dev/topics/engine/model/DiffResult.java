package dev.topics.engine.model;

import org.jspecify.annotations.Nullable;

/// What a read found; the records themselves went to its [RecordSink].
public sealed interface DiffResult permits DiffResult.Page, Refusal {
  /// A page of a topic (http-api §4.2).
  ///
  /// @param records how many were delivered
  /// @param nextFromSeq the cursor for the next read
  /// @param scanned how many were examined
  record Page(
      int records,
      long nextFromSeq,
      long headSeq,
      long earliestSeq,
      @Nullable Tombstone tombstone,
      int scanned)
      implements DiffResult {
    /// The cursor behind which the records are, for a read from `fromSeq`: behind what the
    /// tombstone tells of, if there is one.
    public long recordsFrom(long fromSeq) {
      if (tombstone == null) {
        return fromSeq;
      }
      return tombstone.reason() == LossReason.RECREATED
          ? tombstone.earliestSeq() - 1
          : tombstone.gapTo();
    }

    /// Whether there is nothing more now.
    public boolean caughtUp() {
      return nextFromSeq == headSeq;
    }

    /// Whether there is nothing to tell a reader.
    public boolean isEmpty() {
      return records == 0 && tombstone == null;
    }
  }
}
