package dev.topics.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A request without its body, the same for HTTP/1.1 and HTTP/2.
///
/// **Threading** the event loop of the connection.
final class RequestHead {
  static final long UNKNOWN = -1;

  private final RequestLine line;
  private final RequestFields fields;
  private final long bodyBytes;

  /// @param bodyBytes as in Content-Length; [#UNKNOWN] if only the end tells, 0 if there is none
  RequestHead(RequestLine line, RequestFields fields, long bodyBytes) {
    this.line = line;
    this.fields = fields;
    this.bodyBytes = bodyBytes;
  }

  /// Stands for a request that cannot be read.
  static RequestHead unreadable() {
    return new RequestHead(RequestLine.unreadable(), RequestFields.none(), 0);
  }

  Method method() {
    return line.method();
  }

  /// What is behind the `?`.
  Query query() {
    return line.query();
  }

  /// The foreign origin that may read the answer, or null. The host that counts is the one that the
  /// client believes to talk to: that of the target, if it names one.
  ///
  /// @throws Rejected as [Origins#check]
  @Nullable String foreignOrigin(Origins origins) {
    String authority = line.authority();
    return authority == null
        ? fields.foreignOrigin(origins)
        : origins.check(authority, fields.headers());
  }

  RequestFields fields() {
    return fields;
  }

  Headers headers() {
    return fields.headers();
  }

  long bodyBytes() {
    return bodyBytes;
  }

  boolean keepAlive() {
    return fields.keepAlive();
  }

  boolean oldProtocol() {
    return line.oldProtocol();
  }

  boolean hasBody() {
    return bodyBytes != 0;
  }

  /// The route of the request.
  ///
  /// @throws Rejected as [Router#match]
  Router.Match match(Router router) {
    return line.match(router);
  }

  boolean expectsContinue() {
    return "100-continue".equalsIgnoreCase(headers().get(HttpHeaderNames.EXPECT));
  }

  boolean isJson() {
    return fields.isJson();
  }

  /// Whether the client names gzip as welcome, and not with a weight of 0.
  boolean acceptsGzip() {
    String accept = headers().get(HttpHeaderNames.ACCEPT_ENCODING);
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
    String accept = headers().get(HttpHeaderNames.ACCEPT);
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
    String accept = headers().get(HttpHeaderNames.ACCEPT);
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
    String coding = headers().get(HttpHeaderNames.CONTENT_ENCODING);
    if (coding == null || coding.isEmpty() || coding.equalsIgnoreCase("identity")) {
      return null;
    }
    return coding.strip().toLowerCase(Locale.ROOT);
  }
}
