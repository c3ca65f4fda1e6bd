package dev.topics.engine.json;

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
public final class JsonScanner extends JsonGrammar {
  /// How deep the value given to one [#skipValue] may nest: `[[]]` nests 2 deep.
  public static final int DEPTH_MAX = JsonGrammar.DEPTH_MAX;

  private int position;
  private int stringStart;
  private int stringEnd;

  /// A scanner of nothing; [#reset] gives it something.
  public JsonScanner() {}

  /// Starts at `start`; nothing at or after `end` is looked at as input.
  public JsonScanner reset(byte[] source, int start, int end) {
    setRange(source, start, end);
    position = start;
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
      throw expected("a key in double quotes", position);
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
    position = valueEnd(position);
  }

  /// Does the same, and says what it was in words for a message: "an array", "a number".
  public String skipValueOfSomeKind() {
    byte first = byteAt(position);
    skipValue();
    return switch (first) {
      case '{' -> "an object";
      case '[' -> "an array";
      case '"' -> "a string";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default -> "a number";
    };
  }
}
