/// Who a client is and what it may do: keys, their scopes and the names they reach. Knows nothing
/// of HTTP.
@NullMarked
package dev.topics.server.auth;

import org.jspecify.annotations.NullMarked;
