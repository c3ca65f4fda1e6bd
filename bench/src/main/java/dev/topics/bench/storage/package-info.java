/// Benchmarks of the journal, of the ways to write that it could use, and of packs.
@NullMarked
package dev.topics.bench.storage;

import org.jspecify.annotations.NullMarked;
