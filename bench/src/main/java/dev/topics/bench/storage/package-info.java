/// Benchmarks of the journal and of the ways to write that it could use.
@NullMarked
package dev.topics.bench.storage;

import org.jspecify.annotations.NullMarked;
