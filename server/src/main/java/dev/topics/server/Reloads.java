package dev.topics.server;

import dev.topics.server.auth.Keys;
import dev.topics.server.http.Tls;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks now and then whether files that a server was started with have changed.
final class Reloads implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Reloads.class);
  private static final long PERIOD_MILLIS = 500;

  private final ScheduledExecutorService thread;

  private Reloads(ScheduledExecutorService thread) {
    this.thread = thread;
  }

  static Reloads start(Keys keys, @Nullable Tls tls) {
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("reload").daemon().factory());
    var _ =
        thread.scheduleWithFixedDelay(
            () -> step(keys, tls), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    return new Reloads(thread);
  }

  private static void step(Keys keys, @Nullable Tls tls) {
    try {
      keys.reload();
      if (tls != null) {
        tls.reload();
      }
    } catch (RuntimeException e) {
      log.error("files could not be looked at again", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
