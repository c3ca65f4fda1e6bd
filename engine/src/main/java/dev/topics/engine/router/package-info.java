/// Routers: what they are, how far they are, and the forwarder that moves them on.
@NullMarked
package dev.topics.engine.router;

import org.jspecify.annotations.NullMarked;
