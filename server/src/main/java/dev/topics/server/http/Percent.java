package dev.topics.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Percent-decoding, strictly: `%` needs two hex digits, and the result must be UTF-8.
final class Percent {
  private Percent() {}

  /// Decodes `text` once; `plusIsSpace` as in query strings.
  static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
      return text;
    }
    byte[] decoded = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        decoded[length++] = (byte) octet(text, i);
        i += 2;
      } else {
        decoded[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(decoded, 0, length);
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw Problem.invalid("the request target is not UTF-8 after percent-decoding").rejected();
    }
  }

  private static int octet(String text, int percentIndex) {
    int high = percentIndex + 1 < text.length() ? hex(text.charAt(percentIndex + 1)) : -1;
    int low = percentIndex + 2 < text.length() ? hex(text.charAt(percentIndex + 2)) : -1;
    if (high < 0 || low < 0) {
      throw Problem.invalid("the request target has a % that two hex digits do not follow")
          .rejected();
    }
    return high << 4 | low;
  }

  private static int hex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
