package dev.topics.bench.load;

import java.nio.charset.StandardCharsets;

/// Bytes of an HTTP/1.1 request.
final class HttpRequest {
  private HttpRequest() {}

  static byte[] post(String path, String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String head =
        """
        POST %s HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        """
            .formatted(path, body.length);
    return (head + json).getBytes(StandardCharsets.UTF_8);
  }
}
