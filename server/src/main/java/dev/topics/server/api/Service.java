package dev.topics.server.api;

import dev.topics.engine.Engine;

/// The engine that handlers serve, once it is there.
///
/// **Threading** any thread.
@FunctionalInterface
public interface Service {
  /// The open engine. Not to be asked before the server is ready: the gate keeps requests out.
  Engine engine();
}
