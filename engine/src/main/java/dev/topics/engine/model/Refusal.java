package dev.topics.engine.model;

/// Why any command may be refused; nothing was changed.
public sealed interface Refusal
    extends AppendResult,
        PutTopicResult,
        DeleteTopicResult,
        DeleteRecordsResult,
        DiffResult,
        PutRouterResult,
        DeleteRouterResult,
        ClaimResult,
        LeaseResult,
        LeasesResult,
        RedriveResult {

  /// There is no such topic, and the command does not create one.
  record TopicNotFound(TopicName topic) implements Refusal {}

  /// The topic is a log, and only queues have jobs.
  record NotAQueue(TopicName topic) implements Refusal {}

  /// The reader wants only what is durable, and what comes next never will be: the records from
  /// `firstSeq` to `lastSeq`, inclusive, are in memory.
  record NeverDurable(TopicName topic, long firstSeq, long lastSeq) implements Refusal {}

  /// A disk error made the log read-only until a restart.
  record StorageFailed() implements Refusal {}

  /// There is no space for more; it recovers by itself.
  record StorageFull() implements Refusal {}

  /// All topics together hold as much as they may.
  ///
  /// @param limit what is bounded, as clients are told
  record QuotaReached(String limit, long max) implements Refusal {}

  /// The disk does not keep up with what is written: a good time to come again is after this.
  record Overloaded(long retryAfterMillis) implements Refusal {}

  /// Stored records cannot be read for want of descriptors or memory, which says nothing of the
  /// records and passes.
  record Exhausted() implements Refusal {
    /// A good time to come again is after this.
    public static final long RETRY_MILLIS = 1000;
  }

  /// The engine is closing.
  record ShuttingDown() implements Refusal {}

  /// Stored bytes failed their checksum: `gapFrom` to `gapTo`, inclusive, cannot be read.
  record DataCorrupt(TopicName topic, long gapFrom, long gapTo) implements Refusal {}
}
