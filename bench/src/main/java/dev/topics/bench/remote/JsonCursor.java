package dev.topics.bench.remote;

/// Walks over well-formed JSON in memory without building anything: a value is a range of bytes.
///
/// It does not validate: on malformed input it answers nonsense or throws
/// [IndexOutOfBoundsException] or [IllegalStateException].
///
/// ```java
/// while (json.nextMember()) {
///   if (json.nameIs("head_seq")) head = json.readLong();
///   else json.skip();
/// }
/// ```
public final class JsonCursor {
  private final byte[] bytes;
  private final int end;
  private int at;
  private int nameStart;
  private int nameEnd;

  JsonCursor(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /// Enters an object or goes on to its next member: then the cursor is at the member's value.
  /// False after the last one: then the cursor is behind the object.
  public boolean nextMember() {
    if (!nextOf('{', '}')) {
      return false;
    }
    if (peek() != '"') {
      throw malformed("a member name");
    }
    nameStart = at + 1;
    skipString();
    nameEnd = at - 1;
    if (peek() != ':') {
      throw malformed("':'");
    }
    at++;
    return true;
  }

  /// Enters an array or goes on to its next element; false after the last one.
  public boolean nextElement() {
    return nextOf('[', ']');
  }

  /// Whether the current member has this name (ASCII, nothing that needs an escape).
  public boolean nameIs(String name) {
    if (nameEnd - nameStart != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (bytes[nameStart + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Passes over the value and returns its bytes.
  public Bytes read() {
    peek();
    int start = at;
    skip();
    return Bytes.range(bytes, start, at);
  }

  /// Passes over a string and returns its content, with escapes left as they are.
  public String readPlainString() {
    if (peek() != '"') {
      throw malformed("a string");
    }
    Bytes quoted = read();
    String text = quoted.toString();
    return text.substring(1, text.length() - 1);
  }

  public long readLong() {
    boolean negative = peek() == '-';
    if (negative) {
      at++;
    }
    int first = at;
    long value = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      value = value * 10 + (bytes[at++] - '0');
    }
    if (at == first) {
      throw malformed("an integer");
    }
    return negative ? -value : value;
  }

  public boolean readBoolean() {
    boolean value = peek() == 't';
    skip();
    return value;
  }

  /// Passes over a `null`, if that is what comes next.
  public boolean skipNull() {
    if (peek() != 'n') {
      return false;
    }
    skip();
    return true;
  }

  /// Passes over one value.
  public void skip() {
    switch (peek()) {
      case '"' -> skipString();
      case '{', '[' -> skipNested();
      default -> {
        while (at < end && isScalar(bytes[at])) {
          at++;
        }
      }
    }
  }

  private boolean nextOf(char open, char close) {
    byte next = peek();
    if (next == open) {
      at++;
      if (peek() == close) {
        at++;
        return false;
      }
      return true;
    }
    at++;
    if (next == close) {
      return false;
    }
    if (next != ',') {
      throw malformed("',' or '" + close + "'");
    }
    return true;
  }

  private void skipNested() {
    int depth = 0;
    do {
      byte next = bytes[at];
      if (next == '"') {
        skipString();
        continue;
      }
      if (next == '{' || next == '[') {
        depth++;
      } else if (next == '}' || next == ']') {
        depth--;
      }
      at++;
    } while (depth > 0);
  }

  private void skipString() {
    at++;
    while (bytes[at] != '"') {
      at += bytes[at] == '\\' ? 2 : 1;
    }
    at++;
  }

  private byte peek() {
    while (at < end && isWhitespace(bytes[at])) {
      at++;
    }
    if (at >= end) {
      throw malformed("more");
    }
    return bytes[at];
  }

  private static boolean isScalar(byte next) {
    return next != ',' && next != '}' && next != ']' && !isWhitespace(next);
  }

  private static boolean isWhitespace(byte next) {
    return next == ' ' || next == '\n' || next == '\r' || next == '\t';
  }

  private IllegalStateException malformed(String wanted) {
    return new IllegalStateException("expected " + wanted + " at byte " + at);
  }
}
