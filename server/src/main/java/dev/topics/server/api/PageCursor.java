package dev.topics.server.api;

import dev.topics.server.http.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;

/// Where the next page of a list begins: the last name of the page before, opaque to clients.
///
/// ```
///  0  4  crc32c of the name
///  4  …  the name, UTF-8
/// ```
///
/// in base64url without padding.
final class PageCursor {
  private PageCursor() {}

  static String encode(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = ByteBuffer.allocate(4 + utf8.length).putInt(checksum(utf8)).put(utf8).array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static String decode(String cursor) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
      if (bytes.remaining() > 4) {
        int checksum = bytes.getInt();
        byte[] utf8 = new byte[bytes.remaining()];
        bytes.get(utf8);
        if (checksum == checksum(utf8)) {
          return new String(utf8, StandardCharsets.UTF_8);
        }
      }
    } catch (IllegalArgumentException e) {
      // Not base64url: answered like any other cursor that is not ours.
    }
    throw Problem.invalid("the cursor is not one that a list has given; start without a cursor")
        .with("parameter", "cursor")
        .rejected();
  }

  private static int checksum(byte[] utf8) {
    CRC32C checksum = new CRC32C();
    checksum.update(utf8);
    return (int) checksum.getValue();
  }
}
