/// HTTP on sockets: connections, requests, answers and routing, without a word of the domain.
///
/// Everything that belongs to one connection happens on its event loop. What may wait completes a
/// future elsewhere and hops back with [dev.topics.server.http.Exchange#whenDone].
@NullMarked
package dev.topics.server.http;

import org.jspecify.annotations.NullMarked;
