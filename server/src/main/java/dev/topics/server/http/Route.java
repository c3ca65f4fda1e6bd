package dev.topics.server.http;

import dev.topics.server.auth.Permission;

/// What a method on a path does.
///
/// @param template the path with `{name}` for parameters; also names the route in metrics
/// @param permission what a client needs; names in the request are checked by the handler
/// @param id the position of the route in its router, from 0
public record Route(
    int id,
    Method method,
    String template,
    BodyRule body,
    Permission permission,
    Access access,
    Handler handler) {

  /// What a route wants of the request body.
  public enum BodyRule {
    /// Whatever comes is thrown away.
    IGNORED,
    /// JSON or nothing.
    OPTIONAL_JSON,
    /// JSON.
    JSON
  }

  /// When a route is served.
  public enum Access {
    /// Once the server is ready, until it drains.
    WHEN_READY,
    /// As long as the process lives.
    ALWAYS
  }

  @Override
  public String toString() {
    return method + " " + template;
  }
}
