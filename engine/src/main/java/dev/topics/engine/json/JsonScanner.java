package dev.topics.engine.json;

import java.util.Objects;

/// A strict JSON reader over a range of bytes: it checks everything and builds nothing.
///
/// The grammar is RFC 8259 without exceptions: no byte order mark, comments, trailing commas or
/// control characters in strings; UTF-8 is checked by [Utf8]; numbers have any length; nothing
/// nests deeper than [#DEPTH_MAX]. Duplicate keys are allowed. Escapes of lone surrogates pass
/// where a string is skipped, because its bytes go back as they came, and are refused where it is
/// decoded.
///
/// It is a cursor: each method starts at [#position], which is the first byte of a token, and
/// leaves the cursor behind what it read; those that say so skip the whitespace after it too.
///
/// **Failure** Every method throws [JsonException] when the input is not what was asked for. The
/// scanner is then good for nothing but [#reset]. **Threading** One thread at a time; reusable.
public final class JsonScanner {
  /// How deep the value given to one [#skipValue] may nest: `[[]]` nests 2 deep.
  public static final int DEPTH_MAX = 128;

  private static final int TRUE = Swar.halfWord("true");
  private static final int NULL = Swar.halfWord("null");
  private static final int FALSE_TAIL = Swar.halfWord("alse");

  private byte[] source = {};
  private int start;
  private int end;
  private int position;

  private int whitespace;
  private int stringStart;
  private int stringEnd;
  private boolean stringEscaped;
  private boolean stringAscii;

  /// A scanner of nothing; [#reset] gives it something.
  public JsonScanner() {}

  /// Starts at `start`; nothing at or after `end` is looked at as input.
  public JsonScanner reset(byte[] source, int start, int end) {
    Objects.checkFromToIndex(start, end, source.length);
    this.source = source;
    this.start = start;
    this.end = end;
    position = start;
    whitespace = 0;
    return this;
  }

  /// Index in the source of the next byte to read.
  public int position() {
    return position;
  }

  /// Bytes of insignificant whitespace passed since [#reset].
  public int whitespace() {
    return whitespace;
  }

  /// The next byte, or -1 at the end; -1 as well for the byte 0xFF, which no JSON contains.
  public int peek() {
    return byteAt(position);
  }

  public void skipWhitespace() {
    position = space(position);
  }

  /// Takes the byte; `what` names it in the message, as in "expected ':'".
  public void expect(byte wanted, String what) {
    if (byteAt(position) != wanted) {
      throw expected(what, position);
    }
    position++;
  }

  /// Skips whitespace and insists that nothing follows.
  public void expectEnd() {
    skipWhitespace();
    if (position < end) {
      throw expected("the end", position);
    }
  }

  /// Enters an object; true when a key is next, false when it was empty and has been left.
  public boolean enterObject() {
    expect((byte) '{', "'{'");
    return entered((byte) '}');
  }

  /// Enters an array; true when an element is next, false when it was empty and has been left.
  public boolean enterArray() {
    expect((byte) '[', "'['");
    return entered((byte) ']');
  }

  private boolean entered(byte close) {
    position = space(position);
    if (byteAt(position) == close) {
      position++;
      return false;
    }
    return true;
  }

  /// After a value in an object: true when another key is next, false when the object was left.
  public boolean nextMember() {
    return next((byte) '}', "',' or '}'");
  }

  /// After a value in an array: true when another element is next, false when it was left.
  public boolean nextElement() {
    return next((byte) ']', "',' or ']'");
  }

  private boolean next(byte close, String what) {
    int p = space(position);
    byte found = byteAt(p);
    if (found == ',') {
      position = space(p + 1);
      return true;
    }
    if (found != close) {
      throw expected(what, p);
    }
    position = p + 1;
    return false;
  }

  /// Reads a key as [#readString] does, then the colon and the whitespace around it.
  public void readKey() {
    if (byteAt(position) != '"') {
      throw expected("a key in quotes", position);
    }
    readString();
    position = colon(position);
  }

  /// Checks a string and remembers where its content is and what kind of content that is.
  public void readString() {
    if (byteAt(position) != '"') {
      throw expected("a string", position);
    }
    stringEscaped = false;
    stringAscii = true;
    stringStart = position + 1;
    stringEnd = closingQuote(stringStart);
    position = stringEnd + 1;
  }

  /// Index of the first byte of content of the string or key read last.
  public int stringStart() {
    return stringStart;
  }

  /// Index of its closing quote.
  public int stringEnd() {
    return stringEnd;
  }

  /// Does its content hold escapes, so that it is not its own decoded form?
  public boolean stringEscaped() {
    return stringEscaped;
  }

  /// Is its content, as written, all ASCII?
  public boolean stringAscii() {
    return stringAscii;
  }

  /// The decoded length of the string read last, in bytes of UTF-8.
  public int stringBytes() {
    int bytes =
        stringEscaped
            ? JsonText.unescapedBytes(source, stringStart, stringEnd)
            : stringEnd - stringStart;
    if (bytes < 0) {
      throw error("an escaped surrogate without its other half in the string", stringStart - 1);
    }
    return bytes;
  }

  /// The string read last, decoded.
  public String stringText() {
    stringBytes();
    return JsonText.text(source, stringStart, stringEnd, stringEscaped);
  }

  /// The key read last, decoded; half a surrogate pair in it becomes U+FFFD.
  public String keyText() {
    return JsonText.text(source, stringStart, stringEnd, stringEscaped);
  }

  /// Reads a whole number from 0 to `max`: digits only, no sign, fraction or exponent.
  public long readNumber(long max) {
    int from = position;
    int to = numberEnd(from);
    long value = 0;
    for (int p = from; p < to; p++) {
      int digit = source[p] - '0';
      if (digit < 0 || digit > 9) {
        throw error("expected a whole number, not negative and without exponent,", from);
      }
      if (value > (max - digit) / 10 || digit > max) {
        throw error("expected a number of at most " + max, from);
      }
      value = value * 10 + digit;
    }
    position = to;
    return value;
  }

  public boolean readBoolean() {
    byte found = byteAt(position);
    if (found != 't' && found != 'f') {
      throw expected("true or false", position);
    }
    position = literalEnd(position);
    return found == 't';
  }

  public void readNull() {
    if (byteAt(position) != 'n') {
      throw expected("null", position);
    }
    position = literalEnd(position);
  }

  /// Checks and passes a whole value of any kind.
  public void skipValue() {
    int p = position;
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
      position = p;
      return;
    }
  }

  private static byte closing(boolean object) {
    return (byte) (object ? '}' : ']');
  }

  /// From a key to the first byte of its value.
  private int memberValue(int at) {
    if (byteAt(at) != '"') {
      throw expected("a key in quotes", at);
    }
    return colon(closingQuote(at + 1) + 1);
  }

  /// From behind a key to the first byte of its value.
  private int colon(int at) {
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

  private int literalEnd(int at) {
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

  private int numberEnd(int at) {
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
  private int closingQuote(int from) {
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
  private int space(int at) {
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
  private byte byteAt(int at) {
    return at < end ? source[at] : -1;
  }

  private JsonException expected(String what, int at) {
    int offset = at - start;
    String message = "expected " + what + " at byte " + offset + ", found " + found(at);
    return new JsonException(message, offset);
  }

  private JsonException error(String what, int at) {
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
