/// JSON as bytes: a strict scanner, the body of a write decoded with it, and string literals.
///
/// Nothing here builds a tree. Values of clients stay the bytes that were sent; what the readers
/// keep are positions in them.
@NullMarked
package dev.topics.engine.json;

import org.jspecify.annotations.NullMarked;
