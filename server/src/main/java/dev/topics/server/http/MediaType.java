package dev.topics.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;

/// Which bodies are taken, and what is said to a client whose body is not.
final class MediaType {
  private static final String HINT = "send Content-Type: application/json; with curl use --json";
  private static final String TYPE_HINT = "Content-Type: " + HINT;

  private MediaType() {}

  /// Decides from the head whether the route takes the body.
  ///
  /// @return false if the body is to be read past
  /// @throws Rejected 413 or 415
  static boolean admit(RequestHead head, Route route, long limitBytes) {
    if (head.bodyBytes() > limitBytes) {
      throw BodyCollector.tooLarge(limitBytes);
    }
    if (route.body() == Route.BodyRule.IGNORED) {
      return false;
    }
    String coding = head.contentCoding();
    if (coding != null && !coding.equals("gzip")) {
      throw Problem.of(
              ErrorCode.UNSUPPORTED_MEDIA_TYPE,
              "Content-Encoding may be gzip or absent, not " + coding)
          .withHeader("Accept-Encoding", "gzip")
          .rejected();
    }
    if (!head.isJson() && (head.bodyBytes() > 0 || route.body() == Route.BodyRule.JSON)) {
      throw unsupported(head);
    }
    return true;
  }

  static Rejected unsupported(RequestHead head) {
    String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
    String message =
        type == null
            ? "the request has no " + (head.bodyBytes() == 0 ? "body and no " : "") + TYPE_HINT
            : "the Content-Type is " + type + ": " + HINT;
    return Problem.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE, message).rejected();
  }

  static Rejected missingBody(RequestHead head) {
    return head.isJson()
        ? Problem.invalid("the request body is empty; it must be a JSON object").rejected()
        : unsupported(head);
  }
}
