/// Benchmarks of the engine and the server, and the driver that loads a running server.
@NullMarked
package dev.topics.bench;

import org.jspecify.annotations.NullMarked;
