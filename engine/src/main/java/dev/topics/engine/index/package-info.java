/// What a topic is made of: sets of seqs, where each append lies, tags, losses, reservations, and
/// how all of that is written into a checkpoint.
///
/// Each of these is a structure of its own that knows neither topics nor the log.
@NullMarked
package dev.topics.engine.index;

import org.jspecify.annotations.NullMarked;
