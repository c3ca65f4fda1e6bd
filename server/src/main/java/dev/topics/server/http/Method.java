package dev.topics.server.http;

/// A request method. HEAD is GET without the body.
public enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  DELETE,
  /// Asked by browsers before a page of another site sends something.
  OPTIONS,
  /// Any method that no route has.
  OTHER;

  static Method of(CharSequence name) {
    return switch (name.toString()) {
      case "GET" -> GET;
      case "HEAD" -> HEAD;
      case "POST" -> POST;
      case "PUT" -> PUT;
      case "DELETE" -> DELETE;
      case "OPTIONS" -> OPTIONS;
      default -> OTHER;
    };
  }
}
