/// Benchmarks of the journal, of the ways to write that it could use, of packs, and of stores that
/// hold much.
@NullMarked
package dev.topics.bench.storage;

import org.jspecify.annotations.NullMarked;
