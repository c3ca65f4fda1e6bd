package dev.topics.engine;

import dev.topics.engine.topic.RouterState;
import dev.topics.engine.topic.Topics;
import dev.topics.storage.Store;
import dev.topics.storage.disk.Disk;
import java.io.IOException;
import java.util.function.UnaryOperator;

/// Opens engines with something between their parts, and reaches into them.
public final class EngineSeam {
  private EngineSeam() {}

  /// Opens an engine over any disk.
  ///
  /// @param between stands between the log and the routers
  public static Engine open(Disk disk, EngineOptions options, UnaryOperator<RouterState> between)
      throws IOException {
    return Engine.open(disk, options, between);
  }

  public static Topics topics(Engine engine) {
    return engine.topics();
  }

  public static Store store(Engine engine) {
    return engine.store();
  }
}
