package dev.topics.server.api;

import dev.topics.engine.model.Refusal;
import dev.topics.engine.model.TopicName;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Problem;
import java.util.concurrent.TimeUnit;

/// What clients are told when the engine refuses.
final class Refusals {
  private static final int RETRY_FULL_SECONDS = 2;

  private Refusals() {}

  static Problem problem(Refusal refusal) {
    return switch (refusal) {
      case Refusal.TopicNotFound(TopicName topic) -> topicNotFound(topic);
      case Refusal.NotAQueue(TopicName topic) ->
          Problem.of(
                  ErrorCode.NOT_A_QUEUE,
                  "topic \"%s\" is a log; leases, delays, priorities and order keys are for queues,"
                          .formatted(topic)
                      + " which are created with {\"type\": \"queue\"}")
              .with("topic", topic.value());
      case Refusal.NeverDurable(TopicName topic, long firstSeq, long lastSeq) ->
          Problem.invalid(
                  "records %d to %d of topic \"%s\" were written while it was ephemeral, and never"
                          .formatted(firstSeq, lastSeq, topic)
                      + " are on stable storage: consistency strong goes on behind them with"
                      + " from_seq "
                      + lastSeq
                      + ", eventual delivers them with from_seq "
                      + (firstSeq - 1))
              .with("topic", topic.value())
              .with("from_seq", lastSeq);
      case Refusal.StorageFailed() ->
          Problem.of(
              ErrorCode.STORAGE_FAILED,
              "a disk error made the log read-only; reads go on, writes need a restart");
      case Refusal.StorageFull() ->
          Problem.of(
                  ErrorCode.STORAGE_FULL,
                  "the disk is full; deletes still work, and writes do again when there is space")
              .retryAfterSeconds(RETRY_FULL_SECONDS);
      case Refusal.QuotaReached(String limit, long max) -> Problem.overLimit(limit, max);
      case Refusal.Overloaded(long retryAfterMillis) ->
          Problem.of(
                  ErrorCode.THROTTLED,
                  "the disk does not keep up with what is written; try again later, or wait with"
                      + " disable_backpressure")
              .with("retry_after_ms", retryAfterMillis)
              .retryAfterSeconds(TimeUnit.MILLISECONDS.toSeconds(retryAfterMillis));
      case Refusal.Exhausted() ->
          Problem.of(
                  ErrorCode.THROTTLED,
                  "the server has too many files open to read what is stored; nothing is lost, try"
                      + " again later")
              .with("retry_after_ms", Refusal.Exhausted.RETRY_MILLIS)
              .retryAfterSeconds(TimeUnit.MILLISECONDS.toSeconds(Refusal.Exhausted.RETRY_MILLIS));
      case Refusal.ShuttingDown() -> Problem.shuttingDown();
      case Refusal.DataCorrupt(TopicName topic, long gapFrom, long gapTo) ->
          Problem.of(
                  ErrorCode.DATA_CORRUPT,
                  "stored records %d to %d of topic \"%s\" failed their checksum;"
                          .formatted(gapFrom, gapTo, topic)
                      + " from_seq "
                      + gapTo
                      + " reads on behind them")
              .with("topic", topic.value())
              .with("gap_from", gapFrom)
              .with("gap_to", gapTo);
    };
  }

  /// Nothing of an ephemeral topic can be had that is on stable storage.
  static Problem neverDurable(TopicName topic) {
    return Problem.invalid(
            "topic \"%s\" is ephemeral: nothing of it is ever on stable storage, so consistency"
                    .formatted(topic)
                + " strong would deliver none of it; use eventual")
        .with("topic", topic.value());
  }

  static Problem topicNotFound(TopicName topic) {
    return Problem.of(ErrorCode.TOPIC_NOT_FOUND, "topic \"" + topic + "\" does not exist")
        .with("topic", topic.value());
  }
}
