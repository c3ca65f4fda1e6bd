package dev.topics.server.http;

/// The target of a request: visible ASCII only, so that nothing is taken for something else later.
final class RequestTarget {
  private RequestTarget() {}

  static void check(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        throw Problem.invalid("the request target has a character that must be percent-encoded")
            .rejected();
      }
    }
  }
}
