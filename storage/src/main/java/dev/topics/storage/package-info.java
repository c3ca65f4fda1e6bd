/// The store of one data directory: its lock, its superblocks and its journal.
@NullMarked
package dev.topics.storage;

import org.jspecify.annotations.NullMarked;
