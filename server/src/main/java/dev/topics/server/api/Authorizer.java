package dev.topics.server.api;

import dev.topics.engine.model.RouterConfig;
import dev.topics.server.auth.Grant;
import dev.topics.server.auth.Permission;
import dev.topics.server.auth.ScopeWords;
import dev.topics.server.http.ErrorCode;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.Problem;

/// Says no to a client whose key does not go as far as its request.
///
/// It is asked for every name that a request resolves, wherever the name stands: in the path, in a
/// subscription, in a configuration. [Names] does that, and nothing else makes names out of what
/// clients send. What a whole route needs is asked before its handler runs.
final class Authorizer {
  private Authorizer() {}

  /// @throws dev.topics.server.http.Rejected 403 if `name` is out of reach
  static void checkName(Exchange exchange, String name) {
    if (!exchange.grant().reaches(name)) {
      throw Problem.of(
              ErrorCode.FORBIDDEN,
              "this key does not reach \"%s\", only names that begin with %s"
                  .formatted(name, String.join(" or ", exchange.grant().prefixes())))
          .with("name", name)
          .rejected();
    }
  }

  /// Whether a client may know of a router: of its name, its source and its destination.
  static boolean reaches(Grant grant, RouterConfig router) {
    return grant.reaches(router.name().value())
        && grant.reaches(router.source().literalPrefix())
        && grant.reaches(router.dest().value());
  }

  /// Does not say which topics the router connects.
  ///
  /// @throws dev.topics.server.http.Rejected 403 if one of them is out of reach
  static void checkRouter(Exchange exchange, RouterConfig router) {
    if (!reaches(exchange.grant(), router)) {
      throw Problem.of(
              ErrorCode.FORBIDDEN,
              "this key does not reach both topics of router \"%s\", only names that begin with %s"
                  .formatted(router.name(), String.join(" or ", exchange.grant().prefixes())))
          .with("name", router.name().value())
          .rejected();
    }
  }

  /// Asks for more than the route does, because of what the request says.
  ///
  /// @throws dev.topics.server.http.Rejected 403 if the key has not all scopes of `permission`
  static void check(Exchange exchange, Permission permission, String what) {
    Grant grant = exchange.grant();
    if (!grant.permits(permission)) {
      throw Problem.of(
              ErrorCode.FORBIDDEN,
              "this key does not allow %s: it has the scopes %s, and %s is needed"
                  .formatted(
                      what, ScopeWords.of(grant.scopes()), ScopeWords.of(permission.scopes())))
          .rejected();
    }
  }
}
