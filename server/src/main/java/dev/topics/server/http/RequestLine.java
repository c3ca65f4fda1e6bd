package dev.topics.server.http;

import org.jspecify.annotations.Nullable;

/// The first line of a request: what is to be done, and to what.
///
/// The same line may serve many requests of a connection: what is worked out once stays with it.
/// **Threading** the event loop of the connection.
final class RequestLine {
  private final Method method;
  private final @Nullable String authority;
  private final String path;
  private final String rawQuery;
  private final boolean oldProtocol;
  private Router.@Nullable Match match;
  private @Nullable Query query;

  /// @param target in origin form or absolute form, still percent-encoded
  /// @param oldProtocol whether this is HTTP/1.0
  RequestLine(Method method, String target, boolean oldProtocol) {
    this(method, target, oldProtocol, null);
  }

  /// @param before another line, which may have the same query: that is not parsed again
  RequestLine(Method method, String target, boolean oldProtocol, @Nullable RequestLine before) {
    this.method = method;
    this.oldProtocol = oldProtocol;
    int host = target.startsWith("/") ? -1 : target.indexOf("://") + 3;
    int pathStart = host < 4 ? 0 : endOfAuthority(target, host);
    authority = pathStart == 0 ? null : target.substring(host, pathStart);
    int question = target.indexOf('?', pathStart);
    int pathEnd = question < 0 ? target.length() : question;
    path = pathEnd == pathStart && pathStart > 0 ? "/" : target.substring(pathStart, pathEnd);
    int queryStart = question < 0 ? target.length() : question + 1;
    if (before != null && isRest(before.rawQuery, target, queryStart)) {
      rawQuery = before.rawQuery;
      query = before.query;
    } else {
      rawQuery = target.substring(queryStart);
    }
  }

  /// Stands for a line that cannot be read, or none.
  static RequestLine unreadable() {
    return new RequestLine(Method.OTHER, "", false);
  }

  private static int endOfAuthority(String target, int start) {
    int end = start;
    while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    return end;
  }

  private static boolean isRest(String rest, String text, int from) {
    return text.length() - from == rest.length() && text.startsWith(rest, from);
  }

  Method method() {
    return method;
  }

  /// Host and port of a target in absolute form, or null.
  @Nullable String authority() {
    return authority;
  }

  boolean oldProtocol() {
    return oldProtocol;
  }

  /// What is behind the `?`.
  ///
  /// @throws Rejected as [Query#parse]
  Query query() {
    Query known = query;
    if (known == null) {
      known = Query.parse(rawQuery);
      query = known;
    }
    return known;
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
}
