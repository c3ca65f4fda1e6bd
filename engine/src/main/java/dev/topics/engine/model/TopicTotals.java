package dev.topics.engine.model;

import java.util.Map;

/// Sums over all topics.
///
/// @param evicted records that caps and times to live removed since the engine was opened
public record TopicTotals(
    int topics,
    Map<Durability, Integer> byClass,
    int queues,
    long records,
    long bytes,
    long evicted) {}
