/// Loads Debian's package index into a server that is killed half-way, and compares what is read
/// back with what was sent.
@NullMarked
package dev.topics.bench.debian;

import org.jspecify.annotations.NullMarked;
