package dev.topics.engine;

import java.util.concurrent.ThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the engine's own threads come from: daemons that log what kills them.
final class EngineThreads {
  private static final Logger log = LoggerFactory.getLogger(EngineThreads.class);

  private EngineThreads() {}

  static ThreadFactory daemons() {
    return Thread.ofPlatform()
        .daemon()
        .name("topics-", 0)
        .uncaughtExceptionHandler(
            (thread, error) -> log.error("thread {} died", thread.getName(), error))
        .factory();
  }
}
