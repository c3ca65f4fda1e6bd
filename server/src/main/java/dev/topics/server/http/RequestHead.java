package dev.topics.server.http;

import dev.topics.server.auth.Grant;
import dev.topics.server.auth.KeyRing;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
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
  private final @Nullable String targetAuthority;
  private final Headers headers;
  private final long bodyBytes;
  private final boolean keepAlive;
  private final boolean oldProtocol;
  private Router.@Nullable Match match;
  private @Nullable Query query;
  private @Nullable Boolean json;
  private @Nullable KeyRing ring;
  private @Nullable Grant grant;
  private boolean originChecked;
  private @Nullable String foreignOrigin;

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
    int authority = target.startsWith("/") ? -1 : target.indexOf("://") + 3;
    int pathStart = authority < 4 ? 0 : endOfAuthority(target, authority);
    targetAuthority = pathStart == 0 ? null : target.substring(authority, pathStart);
    String origin = target.substring(pathStart);
    int question = origin.indexOf('?');
    String before = question < 0 ? origin : origin.substring(0, question);
    path = before.isEmpty() && pathStart > 0 ? "/" : before;
    rawQuery = question < 0 ? "" : origin.substring(question + 1);
  }

  /// Stands for a request that cannot be read.
  static RequestHead unreadable() {
    return new RequestHead(Method.OTHER, "", name -> null, 0, false, false);
  }

  private static int endOfAuthority(String target, int start) {
    int end = start;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return end;
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

  /// Host and port that the client believes to talk to; null if it does not say.
  @Nullable String authority() {
    return targetAuthority == null ? headers.get(HttpHeaderNames.HOST) : targetAuthority;
  }

  /// The foreign origin that may read the answer, or null.
  ///
  /// @throws Rejected as [Origins#check]
  @Nullable String foreignOrigin(Origins origins) {
    if (!originChecked) {
      foreignOrigin = origins.check(this);
      originChecked = true;
    }
    return foreignOrigin;
  }

  /// What was remembered for `ring`, or null.
  @Nullable Grant grantOf(KeyRing current) {
    return current == ring ? grant : null;
  }

  void remember(KeyRing current, Grant found) {
    ring = current;
    grant = found;
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
    return accept != null && weight(accept, "gzip") > 0;
  }

  /// Whether the client takes `text/event-stream`: it says nothing about types, or names this one,
  /// or one that includes it.
  ///
  /// @throws Rejected if the client does not take a stream of events
  void checkAcceptsEvents() {
    if (!acceptsEvents()) {
      throw Problem.of(
              ErrorCode.NOT_ACCEPTABLE,
              "this answers with text/event-stream, which the Accept header excludes")
          .rejected();
    }
  }

  private boolean acceptsEvents() {
    String accept = headers.get(HttpHeaderNames.ACCEPT);
    if (accept == null || accept.isBlank()) {
      return true;
    }
    for (String range : List.of("text/event-stream", "text/*", "*/*")) {
      double weight = weight(accept, range);
      if (weight >= 0) {
        return weight > 0;
      }
    }
    return false;
  }

  boolean prefers(String mediaType, String other) {
    String accept = headers.get(HttpHeaderNames.ACCEPT);
    if (accept == null) {
      return false;
    }
    double weight = weight(accept, mediaType);
    return weight > 0 && weight >= weight(accept, other);
  }

  /// The weight that a list gives to `name`, from 0 to 1; -1 if it does not speak of it.
  private static double weight(String list, String name) {
    for (String item : list.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = item.split(";", -1);
      if (parts[0].strip().equals(name)) {
        return Stream.of(parts).skip(1).mapToDouble(RequestHead::weight).min().orElse(1);
      }
    }
    return -1;
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
