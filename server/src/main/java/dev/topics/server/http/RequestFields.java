package dev.topics.server.http;

import dev.topics.server.auth.Grant;
import dev.topics.server.auth.KeyRing;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

/// The header fields of a request, and what follows from them alone.
///
/// The same fields may serve many requests of a connection, whatever their request lines say and
/// however long their bodies are: what is worked out once stays with them. **Threading** the event
/// loop of the connection.
final class RequestFields {
  private final Headers headers;
  private final boolean keepAlive;
  private @Nullable Boolean json;
  private @Nullable KeyRing ring;
  private @Nullable Grant grant;
  private boolean originChecked;
  private @Nullable String foreignOrigin;

  /// @param keepAlive whether the client wants to send more on this connection
  RequestFields(Headers headers, boolean keepAlive) {
    this.headers = headers;
    this.keepAlive = keepAlive;
  }

  /// No fields, of a client that sends no more.
  static RequestFields none() {
    return new RequestFields(name -> null, false);
  }

  Headers headers() {
    return headers;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  /// The foreign origin that may read the answer, or null. Only to be asked where the target names
  /// no host.
  ///
  /// @throws Rejected as [Origins#check]
  @Nullable String foreignOrigin(Origins origins) {
    if (!originChecked) {
      foreignOrigin = origins.check(headers.get(HttpHeaderNames.HOST), headers);
      originChecked = true;
    }
    return foreignOrigin;
  }

  /// What was remembered for `current`, or null.
  @Nullable Grant grantOf(KeyRing current) {
    return current == ring ? grant : null;
  }

  void remember(KeyRing current, Grant found) {
    ring = current;
    grant = found;
  }

  /// Whether the body is declared as JSON; parameters do not matter.
  boolean isJson() {
    Boolean known = json;
    if (known == null) {
      known = isJson(headers.get(HttpHeaderNames.CONTENT_TYPE));
      json = known;
    }
    return known;
  }

  private static boolean isJson(@Nullable String type) {
    if (type == null) {
      return false;
    }
    int semicolon = type.indexOf(';');
    String media = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    return media.equalsIgnoreCase("application/json");
  }
}
