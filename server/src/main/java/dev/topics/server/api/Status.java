package dev.topics.server.api;

import dev.topics.server.http.Problem;
import org.jspecify.annotations.Nullable;

/// How the server is doing, for health and readiness.
///
/// **Threading** any thread.
public interface Status {
  String version();

  long uptimeMillis();

  /// Why requests are not served, or not all of them, or null.
  @Nullable Problem unready();

  /// Topics that exist now.
  int topics();
}
