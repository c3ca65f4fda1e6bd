package dev.topics.server.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;

/// Heads of HTTP/1.1 answers, encoded ahead up to the content length, once a second for the date.
///
/// One per event loop.
final class HeadBlocks {
  /// No head is longer, whatever the extra fields.
  static final int HEAD_BYTES_MAX = 1024;

  static final String JSON = "application/json";

  /// What the head of a stream says so that nobody on the way keeps or delays it.
  static final Map<String, String> STREAM_FIELDS =
      Map.of("Cache-Control", "no-store", "X-Accel-Buffering", "no");

  private static final byte[] LINE_END = ascii("\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
  private static final byte[] GZIP = ascii("Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n");
  private static final int STATUS_MAX = 600;

  private final byte[][] jsonByStatus = new byte[STATUS_MAX][];
  private final ByteOutput head = new ByteOutput();
  private String date = "";
  private long dateSeconds = -1;

  /// What varies from head to head besides the status.
  ///
  /// @param close whether this is the last answer of the connection
  /// @param oldKeepAlive whether to tell a client of HTTP/1.0 that it is not
  record Shape(
      String contentType,
      boolean close,
      boolean oldKeepAlive,
      boolean gzip,
      Map<String, String> extra) {
    static final Shape PLAIN = new Shape(JSON, false, false, false, Map.of());
  }

  /// Sets the date of the following answers.
  void at(long epochSeconds) {
    if (epochSeconds != dateSeconds) {
      dateSeconds = epochSeconds;
      date =
          DateTimeFormatter.RFC_1123_DATE_TIME.format(
              Instant.ofEpochSecond(epochSeconds).atOffset(ZoneOffset.UTC));
      Arrays.fill(jsonByStatus, null);
    }
  }

  String date() {
    return date;
  }

  /// The head of an answer with `bodyBytes` of body. Valid until the next call.
  ByteOutput head(int status, long bodyBytes, Shape shape) {
    head.clear();
    if (shape.contentType.equals(JSON)) {
      head.ascii(jsonBlock(status));
    } else {
      head.ascii(block(status, shape.contentType));
    }
    head.number(bodyBytes).ascii(LINE_END);
    if (shape.close) {
      head.ascii(CLOSE);
    } else if (shape.oldKeepAlive) {
      head.ascii(KEEP_ALIVE);
    }
    if (shape.gzip) {
      head.ascii(GZIP);
    }
    if (!shape.extra.isEmpty()) {
      shape.extra.forEach(
          (name, value) -> head.ascii(name).ascii(": ").ascii(value).ascii(LINE_END));
    }
    return head.ascii(LINE_END);
  }

  /// The head of an answer without an end. Valid until the next call.
  ByteOutput streamHead(
      String contentType, Map<String, String> fields, boolean chunked, boolean close) {
    head.clear().ascii("HTTP/1.1 200 OK\r\nContent-Type: ").ascii(contentType);
    head.ascii("\r\nDate: ").ascii(date).ascii(LINE_END);
    fields.forEach((name, value) -> head.ascii(name).ascii(": ").ascii(value).ascii(LINE_END));
    if (chunked) {
      head.ascii("Transfer-Encoding: chunked\r\n");
    }
    if (close) {
      head.ascii(CLOSE);
    }
    return head.ascii(LINE_END);
  }

  /// The answer that turns a connection into a WebSocket.
  static byte[] switching(String accept) {
    return ascii(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept
            + "\r\n\r\n");
  }

  private byte[] jsonBlock(int status) {
    byte[] known = jsonByStatus[status];
    if (known == null) {
      known = ascii(block(status, JSON));
      jsonByStatus[status] = known;
    }
    return known;
  }

  private String block(int status, String contentType) {
    return "HTTP/1.1 "
        + HttpResponseStatus.valueOf(status)
        + "\r\nContent-Type: "
        + contentType
        + "\r\nDate: "
        + date
        + "\r\nContent-Length: ";
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
