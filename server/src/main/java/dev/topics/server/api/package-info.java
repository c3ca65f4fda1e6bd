/// The contract on the wire: a handler for each resource decodes requests to commands of the engine
/// and encodes what became of them.
@NullMarked
package dev.topics.server.api;

import org.jspecify.annotations.NullMarked;
