/// How topics come back from a checkpoint and the log behind it, how a stopped store is verified,
/// and what is done about damage.
@NullMarked
package dev.topics.engine.recovery;

import org.jspecify.annotations.NullMarked;
