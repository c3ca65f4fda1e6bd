package dev.topics.server.api;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for the disk where no event loop has to.
///
/// **Threading** any thread.
///
/// @param threads that have time to wait
record Fetches(ExecutorService threads) {
  private static final Logger log = LoggerFactory.getLogger(Fetches.class);

  /// Runs `fetch` on another thread, and then `then`, whatever became of it: whoever reads what was
  /// to be fetched meets the failure again. Whoever does not want it any more cancels it.
  Future<?> start(Runnable fetch, Runnable then) {
    return threads.submit(() -> {
      try {
        fetch.run();
      } catch (RuntimeException | Error e) {
        log.debug("a fetch failed", e);
      }
      try {
        then.run();
      } catch (RejectedExecutionException e) {
        log.debug("the server closed during a fetch", e);
      }
    });
  }
}
