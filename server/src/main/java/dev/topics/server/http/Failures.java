package dev.topics.server.http;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Failures of ours: the log gets the stack trace, the client an id to find it by.
final class Failures {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static Problem report(Throwable failure, @Nullable Route route) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    log.error("request failed, error {}, {}", id, route, failure);
    return Problem.of(ErrorCode.INTERNAL, "internal error; the server log has more under " + id)
        .with("error_id", id);
  }
}
