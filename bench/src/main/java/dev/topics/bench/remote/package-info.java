/// The server as a stranger sees it: a process that can be killed, a connection, and its answers.
///
/// Nothing here shares code with the server, so that what judges it cannot share its mistakes.
@NullMarked
package dev.topics.bench.remote;

import org.jspecify.annotations.NullMarked;
