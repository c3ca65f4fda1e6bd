package dev.topics.server.http;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// An answer that is not 2xx (http-api §1.3): a code, a message that says what to do, and details.
///
/// @param detail values are strings, numbers, booleans or lists of strings
/// @param headers extra header fields
public record Problem(
    ErrorCode code, String message, Map<String, Object> detail, Map<String, String> headers) {

  private static final int EXCERPT_MAX = 64;

  public Problem {
    detail = Collections.unmodifiableMap(new LinkedHashMap<>(detail));
    headers = Map.copyOf(headers);
  }

  /// A problem without details.
  public static Problem of(ErrorCode code, String message) {
    return new Problem(code, message, Map.of(), Map.of());
  }

  /// A request that does not say what it must.
  public static Problem invalid(String message) {
    return of(ErrorCode.INVALID_REQUEST, message);
  }

  /// Too much of what `limit` bounds (http-api §11).
  public static Problem overLimit(String limit, long max) {
    return of(ErrorCode.THROTTLED, "the limit " + limit + " is reached: " + max)
        .with("limit", limit)
        .with("max", max)
        .retryAfterSeconds(1);
  }

  /// What everybody is told who asks while the server closes.
  public static Problem shuttingDown() {
    return of(ErrorCode.SHUTTING_DOWN, "the server is shutting down");
  }

  /// As much of `text`, which a client sent, as a message should repeat.
  public static String excerpt(String text) {
    return text.length() > EXCERPT_MAX ? text.substring(0, EXCERPT_MAX) + "…" : text;
  }

  /// The same with one more detail.
  public Problem with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(detail);
    more.put(name, value);
    return new Problem(code, message, more, headers);
  }

  /// The same with one more header field.
  public Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(code, message, detail, more);
  }

  /// The same with a `Retry-After`.
  public Problem retryAfterSeconds(long seconds) {
    return withHeader("Retry-After", Long.toString(seconds));
  }

  public int status() {
    return code.status();
  }

  /// Appends the details as a JSON object.
  public ByteOutput writeDetail(ByteOutput out) {
    return ProblemJson.detail(this, out);
  }

  /// This problem, to be thrown out of a request handler.
  public Rejected rejected() {
    return new Rejected(this);
  }
}
