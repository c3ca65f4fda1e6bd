package dev.topics.server.api;

import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for the disk where no event loop has to.
///
/// **Threading** any thread.
///
/// @param threads that have time to wait
record Fetches(Executor threads) {
  private static final Logger log = LoggerFactory.getLogger(Fetches.class);

  /// Runs `fetch` on another thread, and then `then`, whatever became of it: whoever reads what was
  /// to be fetched meets the failure again.
  void start(Runnable fetch, Runnable then) {
    threads.execute(() -> {
      try {
        fetch.run();
      } catch (RuntimeException e) {
        log.debug("a fetch failed", e);
      } finally {
        then.run();
      }
    });
  }
}
