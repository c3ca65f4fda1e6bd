package dev.topics.server.http;

import dev.topics.server.auth.FailedKeys;
import dev.topics.server.auth.Grant;
import dev.topics.server.auth.KeyRing;
import dev.topics.server.auth.Permission;
import dev.topics.server.auth.ScopeWords;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

/// Decides who sends a request and whether its route is for them.
///
/// What a key in the header fields allows is looked up once for them and a ring of keys: a client
/// whose fields [LastHead] recognises pays once, and another field or another ring is another
/// look-up. So is each key in a target: it says nothing about the next one with the same fields.
///
/// **Threading** any thread; a head belongs to one.
final class Admission {
  private static final String SCHEME = "bearer ";

  private final AccessOptions options;
  private final FailedKeys failedKeys;

  Admission(AccessOptions options) {
    this.options = options;
    failedKeys = new FailedKeys(options.failedKeysMax());
  }

  /// The keys as they are now.
  KeyRing ring() {
    return options.keys().ring();
  }

  /// Whether the keys as they are now still make this grant.
  boolean holds(Grant grant) {
    return grant == Grant.EVERYTHING || ring().holds(grant);
  }

  /// What the client may do.
  ///
  /// @throws Rejected 401 without a key of ours, 429 after too many wrong ones
  Grant grant(RequestHead head, Route route, Peer peer) {
    Permission permission = route.permission();
    KeyRing ring = options.keys().ring();
    if (ring.isOpen()) {
      return Grant.EVERYTHING;
    }
    if (permission == Permission.PROBE && !options.probeKeys()) {
      return Grant.EVERYTHING;
    }
    String token = permission.takesToken() ? token(head) : null;
    if (token != null) {
      return lookUp(token, ring, peer);
    }
    RequestFields fields = head.fields();
    Grant grant = fields.grantOf(ring);
    if (grant == null) {
      grant = lookUp(key(fields.headers()), ring, peer);
      fields.remember(ring, grant);
    }
    return grant;
  }

  /// Refuses what `grant` does not allow; apart from [#grant], so that it is known who was refused.
  ///
  /// @throws Rejected 403
  static void check(Grant grant, Route route) {
    Permission permission = route.permission();
    if (!grant.permits(permission)) {
      throw Problem.of(
              ErrorCode.FORBIDDEN,
              "this key does not allow %s: it has the scopes %s, and %s is needed"
                  .formatted(
                      route, ScopeWords.of(grant.scopes()), ScopeWords.of(permission.scopes())))
          .rejected();
    }
  }

  private Grant lookUp(@Nullable String key, KeyRing ring, Peer peer) {
    Grant grant;
    if (key == null) {
      String subject = peer.subject();
      grant = subject == null ? null : ring.findSubject(subject);
      if (grant == null) {
        throw unauthorized(
            subject == null
                ? "this server asks for a key: send it as Authorization: Bearer KEY"
                : "no key names the subject of this client certificate");
      }
      return grant;
    }
    long now = System.nanoTime();
    long waitSeconds = failedKeys.waitSeconds(peer.address(), now);
    if (waitSeconds > 0) {
      throw Problem.of(
              ErrorCode.THROTTLED, "too many wrong keys from this address; try again later")
          .with("retry_after_ms", 1000 * waitSeconds)
          .retryAfterSeconds(waitSeconds)
          .rejected();
    }
    grant = ring.find(key);
    if (grant == null) {
      failedKeys.failed(peer.address(), now);
      throw unauthorized("this is no key of this server");
    }
    return grant;
  }

  /// The key in the target, which counts if there is none in the fields.
  private static @Nullable String token(RequestHead head) {
    return head.headers().get(HttpHeaderNames.AUTHORIZATION) == null
        ? head.query().text("token")
        : null;
  }

  private static @Nullable String key(Headers headers) {
    String header = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (header == null) {
      return null;
    }
    if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      throw unauthorized("the Authorization header must be Bearer KEY");
    }
    return header.substring(SCHEME.length()).strip();
  }

  private static Rejected unauthorized(String message) {
    return Problem.of(ErrorCode.UNAUTHORIZED, message)
        .withHeader("WWW-Authenticate", "Bearer")
        .rejected();
  }
}
