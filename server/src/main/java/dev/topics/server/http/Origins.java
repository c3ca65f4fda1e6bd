package dev.topics.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.NetUtil;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Keeps pages of other sites away from a server that their visitors can reach.
///
/// A server without keys serves only names that are its own: a page can point a name of its site to
/// the address of the server, and the browser would take both for the same site (DNS rebinding). An
/// address, or a name without dots, is nothing that a site can point anywhere. A server with keys
/// needs this only if it is told its names: such a page has no key.
///
/// An `Origin` that is not the server's own is refused in either case, unless it is configured;
/// then the answers allow its pages to read them.
final class Origins {
  private static final String ANY = "*";
  private static final Map<String, String> PREFLIGHT =
      Map.of(
          "Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE",
          "Access-Control-Allow-Headers",
              "Authorization, Content-Type, Content-Encoding, Idempotency-Key, Last-Event-ID",
          "Access-Control-Max-Age", "600");

  private final AccessOptions options;
  private final String bindHost;
  private final boolean checksHosts;

  Origins(AccessOptions options, String bindHost) {
    this.options = options;
    this.bindHost = bindHost.toLowerCase(Locale.ROOT);
    boolean open = options.keys().ring().isOpen();
    checksHosts = !options.hosts().contains(ANY) && (open || !options.hosts().isEmpty());
  }

  /// Lets the request pass or refuses it.
  ///
  /// @param authority host and port that the client believes to talk to; null if it does not say
  /// @return the foreign origin that may read the answer, or null
  /// @throws Rejected 403
  @Nullable String check(@Nullable String authority, Headers headers) {
    if (checksHosts && authority != null && !isOurs(host(authority))) {
      throw Problem.of(
              ErrorCode.FORBIDDEN,
              "this server does not know itself as \"%s\"; if it is meant to, start it with"
                      .formatted(shown(host(authority)))
                  + " TOPICS_ALLOWED_HOSTS")
          .rejected();
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin == null || isSame(origin, authority)) {
      return null;
    }
    if (options.origins().contains(ANY)) {
      return ANY;
    }
    if (!options.origins().contains(origin)) {
      throw Problem.of(
              ErrorCode.FORBIDDEN,
              "pages of \"%s\" may not use this server; to allow it start the server with"
                      .formatted(shown(origin))
                  + " TOPICS_ALLOWED_ORIGINS")
          .rejected();
    }
    return origin;
  }

  private static boolean isSame(String origin, @Nullable String authority) {
    int scheme = origin.indexOf("://");
    return scheme > 0
        && authority != null
        && origin.regionMatches(true, scheme + 3, authority, 0, authority.length())
        && origin.length() == scheme + 3 + authority.length();
  }

  private boolean isOurs(String host) {
    return host.indexOf('.') < 0
        || host.endsWith(".localhost")
        || host.equals(bindHost)
        || NetUtil.isValidIpV4Address(host)
        || options.hosts().contains(host);
  }

  /// Without port, lower case. An address of IPv6 keeps its brackets, and has no dot for us.
  private static String host(String authority) {
    if (authority.startsWith("[")) {
      return "[]";
    }
    int colon = authority.indexOf(':');
    return (colon < 0 ? authority : authority.substring(0, colon)).toLowerCase(Locale.ROOT);
  }

  private static String shown(String text) {
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }

  /// What lets a page of `origin` read an answer.
  static Map<String, String> allowing(String origin, Map<String, String> headers) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Access-Control-Allow-Origin", origin);
    all.put("Access-Control-Expose-Headers", "Allow, Retry-After, WWW-Authenticate");
    all.put("Vary", "Origin");
    return all;
  }

  /// Lets a page send anything that a route takes.
  static void answerPreflight(Exchange exchange) {
    ByteOutput json = exchange.output().ascii("{\"performance\":{\"server_total_ms\":");
    json.millis(exchange.elapsedNanos()).ascii("}}");
    exchange.send(200, HeadBlocks.JSON, PREFLIGHT, json);
  }
}
