package dev.topics.engine.topic;

/// What was done to packs since the engine was opened.
///
/// @param written packs that hold records of the journal
/// @param merged packs that took the place of older ones
/// @param moved packs that went to the cold directory
/// @param deleted packs that nobody needed any more
public record PackStats(long written, long merged, long moved, long deleted) {}
