package dev.topics.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;

/// What is said to a client whose body is not declared as JSON.
final class MediaType {
  private static final String HINT = "send Content-Type: application/json; with curl use --json";

  private MediaType() {}

  static Rejected unsupported(RequestHead head) {
    String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
    String message =
        type == null
            ? "the request has no Content-Type: " + HINT
            : "the Content-Type is " + type + ": " + HINT;
    return Problem.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE, message).rejected();
  }

  static Rejected missingBody(RequestHead head) {
    return head.isJson()
        ? Problem.invalid("the request body is empty; it must be a JSON object").rejected()
        : unsupported(head);
  }
}
