package dev.topics.engine.model;

/// How many jobs of a queue are in which state; `ready + inFlight + delayed` is the count of its
/// records.
///
/// @param ready nobody holds them and nothing but an order key can keep them from being claimed
/// @param inFlight under a lease
/// @param delayed invisible until some time
/// @param blocked of those ready, how many wait for another job of the same order key
/// @param stuck of those delayed, how many should be in the dead letter, which does not take them
/// @param deadLettered how many were moved to the dead letter so far
public record QueueCounts(
    long ready, long inFlight, long delayed, long blocked, long stuck, long deadLettered) {}
