/// Topics: their state, the operations that change it, and the path on which records are read.
@NullMarked
package dev.topics.engine.topic;

import org.jspecify.annotations.NullMarked;
