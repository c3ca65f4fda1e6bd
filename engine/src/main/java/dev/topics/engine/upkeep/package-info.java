/// What goes on behind commands and reads: packs, merges, moves to the cold directory, checkpoints,
/// the scrubber, and what happens by the clock alone.
@NullMarked
package dev.topics.engine.upkeep;

import org.jspecify.annotations.NullMarked;
