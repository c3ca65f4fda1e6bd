/// What a store knows outside its journal: about itself in the superblock, and in checkpoints the
/// state of its owner at one place of the log.
@NullMarked
package dev.topics.storage.checkpoint;

import org.jspecify.annotations.NullMarked;
