package dev.topics.engine.model;

/// What the scrubber did since the engine was opened.
///
/// @param rounds how often it read everything
/// @param bytes how much it read
/// @param damaged how often it met something that is not as it was written, once in a round each
public record ScrubStats(long rounds, long bytes, long damaged) {}
