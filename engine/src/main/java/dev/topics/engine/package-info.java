/// The engine: the front door to topics, for the server and for embedding.
@NullMarked
package dev.topics.engine;

import org.jspecify.annotations.NullMarked;
