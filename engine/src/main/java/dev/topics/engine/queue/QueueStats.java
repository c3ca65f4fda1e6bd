package dev.topics.engine.queue;

/// What queues did since the engine was opened.
public record QueueStats(
    long claimed, long acked, long nacked, long extended, long expired, long deadLettered) {}
