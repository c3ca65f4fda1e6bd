package dev.topics.server.http;

import dev.topics.server.auth.Permission;
import org.jspecify.annotations.Nullable;

/// Hears of answers that somebody may want to look up later: to requests for scope `delete` or
/// `admin`, and refusals for want of a key or of what it allows.
///
/// **Threading** called from every event loop; must not wait.
@FunctionalInterface
public interface AuditTrail {
  /// Nobody listens.
  AuditTrail NONE = (exchange, route, status) -> {};

  /// Whether an answer is one to hear of.
  static boolean concerns(@Nullable Route route, int status) {
    return status == 401
        || status == 403
        || (route != null
            && (route.permission() == Permission.DELETE || route.permission() == Permission.ADMIN));
  }

  /// An answer was sent.
  ///
  /// @param route null if no route matched
  void answered(Exchange exchange, @Nullable Route route, int status);
}
