/// Watches: cursors over many topics, served when there is news, the urgent ones first.
@NullMarked
package dev.topics.engine.watch;

import org.jspecify.annotations.NullMarked;
