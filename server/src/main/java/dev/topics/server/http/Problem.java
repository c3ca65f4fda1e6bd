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

  /// This problem, to be thrown out of a request handler.
  public Rejected rejected() {
    return new Rejected(this);
  }
}
