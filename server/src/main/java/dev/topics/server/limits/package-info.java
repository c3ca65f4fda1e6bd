/// Bounds on what is taken and given back: requests in progress, open streams. Knows nothing of
/// HTTP.
@NullMarked
package dev.topics.server.limits;

import org.jspecify.annotations.NullMarked;
