package dev.topics.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A request without its body, the same for HTTP/1.1 and HTTP/2.
///
/// The same head may serve many requests of a connection: what is worked out once stays with it.
/// **Threading** the event loop of the connection.
final class RequestHead {
  static final long UNKNOWN = -1;

  private final Method method;
  private final String path;
  private final String rawQuery;
  private final Headers headers;
  private final long bodyBytes;
  private final boolean keepAlive;
  private final boolean oldProtocol;
  private Router.@Nullable Match match;
  private @Nullable Query query;
  private @Nullable Boolean json;

  /// @param target in origin form or absolute form, still percent-encoded
  /// @param bodyBytes as in Content-Length; [#UNKNOWN] if only the end tells, 0 if there is none
  /// @param keepAlive whether the client wants to send more on this connection
  /// @param oldProtocol whether this is HTTP/1.0
  RequestHead(
      Method method,
      String target,
      Headers headers,
      long bodyBytes,
      boolean keepAlive,
      boolean oldProtocol) {
    this.method = method;
    this.headers = headers;
    this.bodyBytes = bodyBytes;
    this.keepAlive = keepAlive;
    this.oldProtocol = oldProtocol;
    String origin = target.startsWith("/") ? target : originForm(target);
    int question = origin.indexOf('?');
    path = question < 0 ? origin : origin.substring(0, question);
    rawQuery = question < 0 ? "" : origin.substring(question + 1);
  }

  /// Stands for a request that cannot be read.
  static RequestHead unreadable() {
    return new RequestHead(Method.OTHER, "", name -> null, 0, false, false);
  }

  private static String originForm(String target) {
    int scheme = target.indexOf("://");
    if (scheme <= 0) {
      return target;
    }
    int slash = target.indexOf('/', scheme + 3);
    return slash < 0 ? "/" : target.substring(slash);
  }

  Method method() {
    return method;
  }

  /// What is behind the `?`.
  Query query() {
    Query known = query;
    if (known == null) {
      known = Query.parse(rawQuery);
      query = known;
    }
    return known;
  }

  Headers headers() {
    return headers;
  }

  long bodyBytes() {
    return bodyBytes;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  boolean oldProtocol() {
    return oldProtocol;
  }

  boolean hasBody() {
    return bodyBytes != 0;
  }

  /// The route of the request.
  ///
  /// @throws Rejected as [Router#match]
  Router.Match match(Router router) {
    Router.Match known = match;
    if (known == null) {
      known = router.match(method, path);
      match = known;
    }
    return known;
  }

  boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(headers.get(HttpHeaderNames.EXPECT));
  }

  /// Whether the body is declared as JSON; parameters do not matter.
  boolean isJson() {
    Boolean known = json;
    if (known == null) {
      known = isJson(headers.get(HttpHeaderNames.CONTENT_TYPE));
      json = known;
    }
    return known;
  }

  private static boolean isJson(@Nullable String type) {
    if (type == null) {
      return false;
    }
    int semicolon = type.indexOf(';');
    String media = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    return media.equalsIgnoreCase("application/json");
  }

  /// Whether the client names gzip as welcome, and not with a weight of 0.
  boolean acceptsGzip() {
    String accept = headers.get(HttpHeaderNames.ACCEPT_ENCODING);
    if (accept == null) {
      return false;
    }
    for (String coding : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      int semicolon = coding.indexOf(';');
      String name = (semicolon < 0 ? coding : coding.substring(0, semicolon)).strip();
      if (name.equals("gzip")) {
        return semicolon < 0 || weight(coding.substring(semicolon + 1)) > 0;
      }
    }
    return false;
  }

  private static double weight(String parameter) {
    String q = parameter.strip();
    if (!q.startsWith("q=")) {
      return 1;
    }
    try {
      return Double.parseDouble(q.substring(2).strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /// The coding of the body, lower case, or null for none.
  @Nullable String contentCoding() {
    String coding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
    if (coding == null || coding.isEmpty() || coding.equalsIgnoreCase("identity")) {
      return null;
    }
    return coding.strip().toLowerCase(Locale.ROOT);
  }
}
