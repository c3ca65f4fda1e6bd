package dev.topics.engine.model;

import java.util.Map;

/// Sums over all topics.
public record TopicTotals(
    int topics, Map<Durability, Integer> byClass, int queues, long records, long bytes) {}
