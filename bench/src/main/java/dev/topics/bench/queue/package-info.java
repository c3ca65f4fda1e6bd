/// Measures queues: over HTTP with many workers, and in this JVM with many leases.
@NullMarked
package dev.topics.bench.queue;

import org.jspecify.annotations.NullMarked;
