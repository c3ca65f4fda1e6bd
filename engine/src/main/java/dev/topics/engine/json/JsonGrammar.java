package dev.topics.engine.json;

import java.util.Objects;

/// The grammar of JSON over a range of bytes: where the token or value that starts here ends.
///
/// Positions are indexes in the source. What is no JSON is a [JsonException].
abstract sealed class JsonGrammar permits JsonScanner {
  static final int DEPTH_MAX = 128;

  private static final int TRUE = Swar.halfWord("true");
  private static final int NULL = Swar.halfWord("null");
  private static final int FALSE_TAIL = Swar.halfWord("alse");

  byte[] source = {};
  int start;
  int end;

  /// Bytes of whitespace passed so far.
  int whitespace;

  /// Set when a string with an escape is passed.
  boolean stringEscaped;

  /// Cleared when a string with a byte beyond ASCII is passed.
  boolean stringAscii;

  final void setRange(byte[] source, int start, int end) {
    Objects.checkFromToIndex(start, end, source.length);
    this.source = source;
    this.start = start;
    this.end = end;
    whitespace = 0;
  }

  /// The end of the value, of any kind, that starts at `from`.
  final int valueEnd(int from) {
    int p = from;
    int depth = 0;
    // The containers around p as a stack of bits, 1 = object; the innermost is bit 0 of `inner`,
    // and what is pushed out of `inner` goes on in `outer`.
    long inner = 0;
    long outer = 0;
    value:
    while (true) {
      byte found = byteAt(p);
      if (found == '"') {
        p = closingQuote(p + 1) + 1;
      } else if (found == '{' || found == '[') {
        if (depth++ == DEPTH_MAX) {
          throw error("nested deeper than " + DEPTH_MAX, p);
        }
        boolean object = found == '{';
        outer = (outer << 1) | (inner >>> 63);
        inner = (inner << 1) | (object ? 1 : 0);
        p = space(p + 1);
        if (byteAt(p) != closing(object)) {
          p = object ? memberValue(p) : p;
          continue;
        }
      } else {
        p = scalarEnd(p, found);
      }
      while (depth > 0) {
        boolean object = (inner & 1) != 0;
        p = space(p);
        byte after = byteAt(p);
        if (after == ',') {
          p = space(p + 1);
          p = object ? memberValue(p) : p;
          continue value;
        }
        if (after != closing(object)) {
          throw expected(object ? "',' or '}'" : "',' or ']'", p);
        }
        p++;
        depth--;
        inner = (inner >>> 1) | (outer << 63);
        outer >>>= 1;
      }
      return p;
    }
  }

  private static byte closing(boolean object) {
    return (byte) (object ? '}' : ']');
  }

  /// From a key to the first byte of its value.
  private int memberValue(int at) {
    if (byteAt(at) != '"') {
      throw expected("a key in double quotes", at);
    }
    return colon(closingQuote(at + 1) + 1);
  }

  /// From behind a key to the first byte of its value.
  final int colon(int at) {
    int p = space(at);
    if (byteAt(p) != ':') {
      throw expected("':'", p);
    }
    return space(p + 1);
  }

  private int scalarEnd(int at, byte first) {
    if (isDigit(first) || first == '-') {
      return numberEnd(at);
    }
    if (first == 't' || first == 'f' || first == 'n') {
      return literalEnd(at);
    }
    throw expected("a value", at);
  }

  final int literalEnd(int at) {
    if (end - at >= Integer.BYTES) {
      int word = Swar.halfWord(source, at);
      if (word == TRUE || word == NULL) {
        return at + 4;
      }
      if (source[at] == 'f' && end - at > 4 && Swar.halfWord(source, at + 1) == FALSE_TAIL) {
        return at + 5;
      }
    }
    throw expected("true, false or null", at);
  }

  final int numberEnd(int at) {
    int p = byteAt(at) == '-' ? at + 1 : at;
    // A leading 0 is a number of its own; a digit behind it is refused as what follows.
    p = byteAt(p) == '0' ? p + 1 : digits(p);
    if (byteAt(p) == '.') {
      p = digits(p + 1);
    }
    if ((byteAt(p) | 0x20) == 'e') {
      p++;
      byte sign = byteAt(p);
      p = digits(sign == '+' || sign == '-' ? p + 1 : p);
    }
    return p;
  }

  /// The end of one or more digits.
  private int digits(int from) {
    int p = from;
    while (end - p >= Swar.WORD_BYTES) {
      long stops = Swar.nonDigits(Swar.word(source, p));
      if (stops != 0) {
        return atLeastOne(from, p + Swar.index(stops));
      }
      p += Swar.WORD_BYTES;
    }
    while (isDigit(byteAt(p))) {
      p++;
    }
    return atLeastOne(from, p);
  }

  private int atLeastOne(int from, int to) {
    if (from == to) {
      throw expected("a digit", from);
    }
    return to;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /// Index of the quote that closes the string whose content starts at `from`.
  final int closingQuote(int from) {
    int p = from;
    while (true) {
      if (end - p >= Swar.WORD_BYTES) {
        long stops = Swar.stringStops(Swar.word(source, p));
        if (stops == 0) {
          p += Swar.WORD_BYTES;
          continue;
        }
        p += Swar.index(stops);
      }
      byte found = byteAt(p);
      if (found == '"') {
        return p;
      }
      p = afterStop(p, found);
    }
  }

  /// The end of the one character at `at`, which may be ordinary, an escape or beyond ASCII.
  private int afterStop(int at, byte found) {
    if (found >= ' ' && found != '\\') {
      return at + 1;
    }
    if (at >= end) {
      throw expected("'\"' to end the string", at);
    }
    if (found == '\\') {
      stringEscaped = true;
      return escapeEnd(at);
    }
    if (found >= 0) {
      throw expected("an escape in place of a control character", at);
    }
    stringAscii = false;
    int p = at;
    do {
      int next = Utf8.sequenceEnd(source, p, end);
      if (next < 0) {
        throw expected("valid UTF-8", p);
      }
      p = next;
    } while (byteAt(p) < 0 && p < end);
    return p;
  }

  private int escapeEnd(int at) {
    return switch (byteAt(at + 1)) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 2;
      case 'u' -> hexEnd(at + 2);
      default -> throw expected("one of \" \\ / b f n r t u after \\", at + 1);
    };
  }

  private int hexEnd(int at) {
    for (int p = at; p < at + 4; p++) {
      if (p >= end || Character.digit(source[p], 16) < 0) {
        throw expected("four hexadecimal digits after \\u", p);
      }
    }
    return at + 4;
  }

  /// The first byte at or after `at` that is not whitespace.
  final int space(int at) {
    return at < end && source[at] <= ' ' ? spaces(at) : at;
  }

  private int spaces(int at) {
    int p = at;
    while (p < end && isSpace(source[p])) {
      p++;
    }
    whitespace += p - at;
    return p;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /// The byte at `at`, or -1 at the end: no token starts with or contains that byte.
  final byte byteAt(int at) {
    return at < end ? source[at] : -1;
  }

  final JsonException expected(String what, int at) {
    int offset = at - start;
    String message = "expected " + what + " at byte " + offset + ", found " + found(at);
    return new JsonException(message, offset);
  }

  final JsonException error(String what, int at) {
    int offset = at - start;
    return new JsonException(what + " at byte " + offset, offset);
  }

  private String found(int at) {
    if (at >= end) {
      return "the end";
    }
    int b = source[at] & 0xFF;
    return b > ' ' && b < 0x7F ? "'" + (char) b + "'" : "byte 0x%02X".formatted(b);
  }
}
