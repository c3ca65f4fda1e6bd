package dev.topics.engine.json;

import static java.nio.charset.StandardCharsets.UTF_8;

/// JSON text that is already known to be valid: string literals written, read back, and values
/// copied without insignificant whitespace.
///
/// A literal is canonical: UTF-8 as it is, and escapes only where JSON demands one, the two-letter
/// form where there is one and four lower-case hexadecimal digits otherwise. The methods that write
/// return the index behind what they wrote; the target must have the room, which the `…Bytes`
/// methods tell.
public final class JsonText {
  private static final byte[] HEX = "0123456789abcdef".getBytes(UTF_8);

  /// Per ASCII character: 0 = as it is, `u` = four digits, else the letter after the backslash.
  private static final byte[] ESCAPES = escapes();

  private JsonText() {}

  private static byte[] escapes() {
    byte[] escapes = new byte[0x80];
    for (int control = 0; control < ' '; control++) {
      escapes[control] = 'u';
    }
    escapes['"'] = '"';
    escapes['\\'] = '\\';
    escapes['\b'] = 'b';
    escapes['\f'] = 'f';
    escapes['\n'] = 'n';
    escapes['\r'] = 'r';
    escapes['\t'] = 't';
    return escapes;
  }

  /// Bytes of the literal, quotes included, of text given as UTF-8.
  public static int quotedBytes(byte[] utf8, int start, int end) {
    int bytes = end - start + 2;
    for (int p = start; p < end; p++) {
      bytes += extraBytes(utf8[p]);
    }
    return bytes;
  }

  /// Writes text given as UTF-8 as a literal.
  public static int quote(byte[] utf8, int start, int end, byte[] target, int at) {
    int p = at;
    target[p++] = '"';
    for (int from = start; from < end; from++) {
      p = escape(utf8[from], target, p);
    }
    target[p++] = '"';
    return p;
  }

  /// Bytes of the literal, quotes included.
  public static int quotedBytes(String text) {
    int bytes = 2;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes += 1 + extraBytes((byte) c);
      } else if (isPair(text, i)) {
        bytes += 4;
        i++;
      } else {
        bytes += Character.isSurrogate(c) ? 6 : Utf8.bytes(c);
      }
    }
    return bytes;
  }

  /// Writes text as a literal; half a surrogate pair stays what it is, as an escape.
  public static int quote(String text, byte[] target, int at) {
    int p = at;
    target[p++] = '"';
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        p = escape((byte) c, target, p);
      } else if (isPair(text, i)) {
        p = Utf8.write(text.codePointAt(i), target, p);
        i++;
      } else {
        p = Character.isSurrogate(c) ? escapeHex(c, target, p) : Utf8.write(c, target, p);
      }
    }
    target[p++] = '"';
    return p;
  }

  private static boolean isPair(String text, int i) {
    return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
  }

  private static int extraBytes(byte b) {
    byte escape = b < 0 ? 0 : ESCAPES[b];
    if (escape == 0) {
      return 0;
    }
    return escape == 'u' ? 5 : 1;
  }

  private static int escape(byte b, byte[] target, int at) {
    byte escape = b < 0 ? 0 : ESCAPES[b];
    if (escape == 0) {
      target[at] = b;
      return at + 1;
    }
    if (escape == 'u') {
      return escapeHex((char) b, target, at);
    }
    target[at] = '\\';
    target[at + 1] = escape;
    return at + 2;
  }

  private static int escapeHex(char c, byte[] target, int at) {
    target[at] = '\\';
    target[at + 1] = 'u';
    target[at + 2] = HEX[c >> 12];
    target[at + 3] = HEX[(c >> 8) & 0xF];
    target[at + 4] = HEX[(c >> 4) & 0xF];
    target[at + 5] = HEX[c & 0xF];
    return at + 6;
  }

  /// Bytes of UTF-8 that the content of a valid literal stands for, or -1 when an escape in it is
  /// half a surrogate pair, which UTF-8 cannot express.
  public static int unescapedBytes(byte[] source, int start, int end) {
    int bytes = 0;
    for (int p = start; p < end; ) {
      if (source[p] != '\\') {
        bytes++;
        p++;
        continue;
      }
      int codePoint = escaped(source, p, end);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return -1;
      }
      bytes += Utf8.bytes(codePoint);
      p += escapeBytes(source, p, codePoint);
    }
    return bytes;
  }

  /// Decodes the content of a valid literal for which [#unescapedBytes] is not -1.
  public static int unescape(byte[] source, int start, int end, byte[] target, int at) {
    int to = at;
    for (int p = start; p < end; ) {
      if (source[p] != '\\') {
        target[to++] = source[p++];
        continue;
      }
      int codePoint = escaped(source, p, end);
      to = Utf8.write(codePoint, target, to);
      p += escapeBytes(source, p, codePoint);
    }
    return to;
  }

  /// Bytes that [#requote] writes.
  static int requotedBytes(byte[] source, int start, int end) {
    int bytes = 2;
    for (int p = start; p < end; ) {
      if (source[p] != '\\') {
        bytes++;
        p++;
        continue;
      }
      int codePoint = escaped(source, p, end);
      bytes += Utf8.bytes(codePoint) + (codePoint < 0x80 ? extraBytes((byte) codePoint) : 0);
      p += escapeBytes(source, p, codePoint);
    }
    return bytes;
  }

  /// Writes the content of a valid literal as a canonical one, under the condition of [#unescape].
  static int requote(byte[] source, int start, int end, byte[] target, int at) {
    int to = at;
    target[to++] = '"';
    for (int p = start; p < end; ) {
      if (source[p] != '\\') {
        target[to++] = source[p++];
        continue;
      }
      int codePoint = escaped(source, p, end);
      to =
          codePoint < 0x80
              ? escape((byte) codePoint, target, to)
              : Utf8.write(codePoint, target, to);
      p += escapeBytes(source, p, codePoint);
    }
    target[to++] = '"';
    return to;
  }

  /// The content of a valid literal as a string; half a surrogate pair becomes U+FFFD.
  static String text(byte[] source, int start, int end, boolean escaped) {
    if (!escaped) {
      return new String(source, start, end - start, UTF_8);
    }
    byte[] utf8 = new byte[end - start];
    return new String(utf8, 0, unescape(source, start, end, utf8, 0), UTF_8);
  }

  /// The code point of the escape at `at`, of both escapes where they are a surrogate pair.
  private static int escaped(byte[] source, int at, int end) {
    return switch (source[at + 1]) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        char high = hex(source, at + 2);
        if (Character.isHighSurrogate(high)
            && end - at >= 12
            && source[at + 6] == '\\'
            && source[at + 7] == 'u') {
          char low = hex(source, at + 8);
          yield Character.isLowSurrogate(low) ? Character.toCodePoint(high, low) : high;
        }
        yield high;
      }
      default -> source[at + 1];
    };
  }

  private static int escapeBytes(byte[] source, int at, int codePoint) {
    if (source[at + 1] != 'u') {
      return 2;
    }
    return codePoint > Character.MAX_VALUE ? 12 : 6;
  }

  private static char hex(byte[] source, int at) {
    int value = 0;
    for (int p = at; p < at + 4; p++) {
      value = (value << 4) | Character.digit(source[p], 16);
    }
    return (char) value;
  }

  /// Copies a valid value (or any run of valid tokens) without the whitespace between its tokens.
  public static int compact(byte[] source, int start, int end, byte[] target, int at) {
    int to = at;
    int p = start;
    while (p < end) {
      byte b = source[p];
      if (b == '"') {
        int behind = behindString(source, p);
        System.arraycopy(source, p, target, to, behind - p);
        to += behind - p;
        p = behind;
      } else {
        // Outside of strings a valid text has nothing below the space but other whitespace.
        if (b > ' ') {
          target[to++] = b;
        }
        p++;
      }
    }
    return to;
  }

  private static int behindString(byte[] source, int quote) {
    int p = quote + 1;
    while (true) {
      if (source.length - p >= Swar.WORD_BYTES) {
        long stops = Swar.quotesAndBackslashes(Swar.word(source, p));
        if (stops == 0) {
          p += Swar.WORD_BYTES;
          continue;
        }
        p += Swar.index(stops);
      }
      if (source[p] == '"') {
        return p + 1;
      }
      p += source[p] == '\\' ? 2 : 1;
    }
  }
}
