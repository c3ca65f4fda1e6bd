/// Measures live delivery: many streams of events, and WebSockets, against a running server.
@NullMarked
package dev.topics.bench.watch;

import org.jspecify.annotations.NullMarked;
