package dev.topics.engine.model;

/// What was done to checkpoints since the engine was opened.
///
/// @param written checkpoints
/// @param bytesWritten of these
public record CheckpointStats(long written, long bytesWritten) {}
