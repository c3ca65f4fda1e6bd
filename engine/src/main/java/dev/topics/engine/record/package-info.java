/// Records and operations as bytes: how they are laid out, written, read, copied and counted.
///
/// Knows no topic. What is stored here is what readers receive.
@NullMarked
package dev.topics.engine.record;

import org.jspecify.annotations.NullMarked;
