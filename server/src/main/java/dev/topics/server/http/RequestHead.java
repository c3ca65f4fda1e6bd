package dev.topics.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A request without its body, the same for HTTP/1.1 and HTTP/2.
///
/// @param path still percent-encoded
/// @param rawQuery behind the `?`, or empty
/// @param bodyBytes what Content-Length says; [#UNKNOWN] if only the end tells, 0 if there is none
/// @param keepAlive whether the client wants to send more on this connection
/// @param oldProtocol whether this is HTTP/1.0
record RequestHead(
    Method method,
    String path,
    String rawQuery,
    Headers headers,
    long bodyBytes,
    boolean keepAlive,
    boolean oldProtocol) {
  static final long UNKNOWN = -1;

  /// Splits `target`, in origin form or absolute form.
  static RequestHead of(
      Method method,
      String target,
      Headers headers,
      long bodyBytes,
      boolean keepAlive,
      boolean oldProtocol) {
    String origin = target.startsWith("/") ? target : originForm(target);
    int question = origin.indexOf('?');
    String path = question < 0 ? origin : origin.substring(0, question);
    String query = question < 0 ? "" : origin.substring(question + 1);
    return new RequestHead(method, path, query, headers, bodyBytes, keepAlive, oldProtocol);
  }

  /// Stands for a request that cannot be read.
  static RequestHead unreadable() {
    return new RequestHead(Method.OTHER, "", "", name -> null, 0, false, false);
  }

  private static String originForm(String target) {
    int scheme = target.indexOf("://");
    if (scheme <= 0) {
      return target;
    }
    int slash = target.indexOf('/', scheme + 3);
    return slash < 0 ? "/" : target.substring(slash);
  }

  boolean hasBody() {
    return bodyBytes != 0;
  }

  boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(headers.get(HttpHeaderNames.EXPECT));
  }

  /// Whether the body is declared as JSON; parameters do not matter.
  boolean isJson() {
    String type = headers.get(HttpHeaderNames.CONTENT_TYPE);
    if (type == null || type.equals("application/json")) {
      return type != null;
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
