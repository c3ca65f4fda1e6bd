package dev.topics.engine.router;

import dev.topics.engine.Engine;
import dev.topics.engine.topic.RouterState;
import dev.topics.storage.sim.SimDisk;

/// What happens to a simulated life behind the back of the oracle.
interface Sabotage {
  /// Nothing does.
  Sabotage NONE = new Sabotage() {};

  /// What stands between the log and the routers.
  default RouterState between(RouterState routers) {
    return routers;
  }

  /// Before each step in the background.
  default void atStep(Engine engine) {}

  /// Between two runs.
  default void atRestart(SimDisk disk) {}

  /// When everything has arrived.
  default void atEnd(Engine engine) {}
}
