package dev.topics.engine.model;

import java.util.Map;

/// Sums over all topics.
///
/// @param jobsInFlight about how many jobs are under a lease
/// @param evicted records that caps and times to live removed since the engine was opened
public record TopicTotals(
    int topics,
    Map<Durability, Integer> byClass,
    int queues,
    long jobsInFlight,
    long records,
    long bytes,
    long evicted) {}
