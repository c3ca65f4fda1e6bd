package dev.topics.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The request that turns a connection of HTTP/1.1 into a WebSocket (RFC 6455 §4.2).
final class WebSocketHandshake {
  private static final String VERSION = "13";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int KEY_BYTES = 16;

  private WebSocketHandshake() {}

  /// What the server has to say to the key in `head`.
  ///
  /// @throws Rejected if this is no such request
  static String accept(RequestHead head) {
    Headers fields = head.headers();
    if (head.method() != Method.GET
        || head.oldProtocol()
        || !names(fields.get(HttpHeaderNames.UPGRADE), "websocket")
        || !names(fields.get(HttpHeaderNames.CONNECTION), "upgrade")) {
      throw Problem.invalid(
              "this address speaks WebSocket: open it with a WebSocket client over HTTP/1.1")
          .rejected();
    }
    if (!VERSION.equals(fields.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      throw Problem.invalid("the version of WebSocket is " + VERSION)
          .withHeader("Sec-WebSocket-Version", VERSION)
          .rejected();
    }
    String key = fields.get(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (key == null || !isKey(key)) {
      throw Problem.invalid("Sec-WebSocket-Key must be 16 bytes in base64").rejected();
    }
    return digest(key);
  }

  private static boolean names(@Nullable String list, String token) {
    if (list != null) {
      for (String item : list.toLowerCase(Locale.ROOT).split(",", -1)) {
        if (item.strip().equals(token)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String digest(String key) {
    try {
      byte[] text = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
