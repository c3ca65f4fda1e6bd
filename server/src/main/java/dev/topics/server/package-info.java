/// The server: one port, one engine, started and stopped as one.
@NullMarked
package dev.topics.server;

import org.jspecify.annotations.NullMarked;
