/// What a store knows about itself outside its journal: the superblock.
@NullMarked
package dev.topics.storage.checkpoint;

import org.jspecify.annotations.NullMarked;
