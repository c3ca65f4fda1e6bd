/// Immutable files that hold the records of many owners, sorted by owner and seq.
@NullMarked
package dev.topics.storage.pack;

import org.jspecify.annotations.NullMarked;
