package dev.topics.server.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Parses the heads of plain requests of HTTP/1.1: a known method, a path, fields without
/// surprises, a length or no body. The request line and the fields are parsed apart from each
/// other, because they repeat apart from each other (see [LastHead]).
///
/// What is not of this kind, or not well-formed, it leaves alone: [#OTHER] is no verdict, only a
/// request for somebody else to look at. So it may be strict and needs no messages.
///
/// **Threading** one per event loop, reused.
final class PlainHead {
  /// The end of the head is not there yet.
  static final int INCOMPLETE = 0;

  /// This head is not for us.
  static final int OTHER = -1;

  private static final int NONE = -1;
  private static final int FIELDS_MAX = 64;
  private static final boolean[] IN_NAME = new boolean[256];
  private static final boolean[] IN_HOST = new boolean[256];
  private static final boolean[] IN_VALUE = new boolean[256];
  private static final byte[] VERSION = ascii("HTTP/1.1\r\n");
  private static final byte[] HOST = ascii("host");
  private static final byte[] CONTENT_LENGTH = ascii("content-length");
  private static final byte[] CONNECTION = ascii("connection");
  private static final byte[] KEEP_ALIVE = ascii("keep-alive");
  private static final byte[] CLOSE = ascii("close");

  /// Fields that change how a request is to be read.
  private static final byte[][] SURPRISES = {
    ascii("expect"),
    ascii("upgrade"),
    ascii("transfer-encoding"),
    ascii("content-encoding"),
    ascii("http2-settings"),
    ascii("te"),
    ascii("trailer"),
  };

  static {
    for (char c = 0; c < 256; c++) {
      boolean letterOrDigit =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      IN_NAME[c] = letterOrDigit || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
      IN_HOST[c] = letterOrDigit || c == '.' || c == '-';
      IN_VALUE[c] = c == '\t' || (c >= ' ' && c != 0x7f);
    }
  }

  private final int[] bounds = new int[4 * FIELDS_MAX];
  private byte[] in = {};
  private int start;
  private int fields;
  private Method method = Method.OTHER;
  private int targetStart;
  private int targetEnd;
  private int lengthStart;
  private int lengthEnd;
  private boolean hostSeen;
  private boolean connectionSeen;
  private boolean keepAlive;

  /// Parses the request line at `from`; returns the index behind it, [#INCOMPLETE] or [#OTHER].
  int parseLine(byte[] source, int from, int end) {
    in = source;
    int at = method(from, end);
    if (at <= 0) {
      return at;
    }
    targetStart = at;
    if (at < end && in[at] != '/') {
      return OTHER;
    }
    while (at < end && in[at] > ' ' && in[at] < 0x7f) {
      at++;
    }
    targetEnd = at;
    if (end - at <= VERSION.length) {
      return at == end || in[at] == ' ' ? INCOMPLETE : OTHER;
    }
    boolean known =
        in[at] == ' '
            && Arrays.equals(in, at + 1, at + 1 + VERSION.length, VERSION, 0, VERSION.length);
    return known ? at + 1 + VERSION.length : OTHER;
  }

  /// Parses the fields at `from`; returns the index behind the empty line that ends them,
  /// [#INCOMPLETE] or [#OTHER].
  int parseFields(byte[] source, int from, int end) {
    in = source;
    start = from;
    fields = 0;
    lengthStart = NONE;
    hostSeen = false;
    connectionSeen = false;
    keepAlive = true;
    int at = from;
    while (at > 0 && (at + 1 >= end || in[at] != '\r')) {
      at = field(at, end);
    }
    if (at > 0) {
      at = in[at + 1] == '\n' && hostSeen ? at + 2 : OTHER;
    }
    return at;
  }

  private int method(int from, int end) {
    if (end - from < 7) {
      return end > from && in[from] >= 'A' && in[from] <= 'Z' ? INCOMPLETE : OTHER;
    }
    int first = in[from] << 24 | in[from + 1] << 16 | in[from + 2] << 8 | in[from + 3];
    int at = from + 4;
    switch (first) {
      case 'P' << 24 | 'O' << 16 | 'S' << 8 | 'T' -> method = Method.POST;
      case 'G' << 24 | 'E' << 16 | 'T' << 8 | ' ' -> {
        method = Method.GET;
        return at;
      }
      case 'P' << 24 | 'U' << 16 | 'T' << 8 | ' ' -> {
        method = Method.PUT;
        return at;
      }
      case 'D' << 24 | 'E' << 16 | 'L' << 8 | 'E' -> {
        method = Method.DELETE;
        if (in[at++] != 'T' || in[at++] != 'E') {
          return OTHER;
        }
      }
      default -> {
        return OTHER;
      }
    }
    return in[at] == ' ' ? at + 1 : OTHER;
  }

  /// Parses the field that begins at `at`, and returns where the next one does.
  private int field(int at, int end) {
    int nameEnd = at;
    while (nameEnd < end && IN_NAME[in[nameEnd] & 0xff]) {
      nameEnd++;
    }
    if (nameEnd == end) {
      return INCOMPLETE;
    }
    if (in[nameEnd] != ':' || nameEnd == at || fields == FIELDS_MAX) {
      return in[nameEnd] == '\r' && nameEnd == at && nameEnd + 1 == end ? INCOMPLETE : OTHER;
    }
    int valueStart = nameEnd + 1;
    while (valueStart < end && isBlank(in[valueStart])) {
      valueStart++;
    }
    int lineEnd = valueStart;
    while (lineEnd < end && IN_VALUE[in[lineEnd] & 0xff]) {
      lineEnd++;
    }
    if (lineEnd + 1 >= end) {
      return lineEnd == end || in[lineEnd] == '\r' ? INCOMPLETE : OTHER;
    }
    if (in[lineEnd] != '\r' || in[lineEnd + 1] != '\n') {
      return OTHER;
    }
    int valueEnd = lineEnd;
    while (valueEnd > valueStart && isBlank(in[valueEnd - 1])) {
      valueEnd--;
    }
    if (is(CONTENT_LENGTH, at, nameEnd)) {
      return isPlainLength(valueStart, valueEnd) ? lineEnd + 2 : OTHER;
    }
    bounds[4 * fields] = at - start;
    bounds[4 * fields + 1] = nameEnd - start;
    bounds[4 * fields + 2] = valueStart - start;
    bounds[4 * fields + 3] = valueEnd - start;
    fields++;
    return isPlain(at, nameEnd, valueStart, valueEnd) ? lineEnd + 2 : OTHER;
  }

  private boolean isPlainLength(int valueStart, int valueEnd) {
    boolean first = lengthStart == NONE;
    lengthStart = valueStart;
    lengthEnd = valueEnd;
    return first && digits(in, valueStart, valueEnd) >= 0;
  }

  private boolean isPlain(int nameStart, int nameEnd, int valueStart, int valueEnd) {
    if (is(HOST, nameStart, nameEnd)) {
      boolean first = !hostSeen;
      hostSeen = true;
      return first && isPlainHost(valueStart, valueEnd);
    } else if (is(CONNECTION, nameStart, nameEnd)) {
      boolean first = !connectionSeen;
      connectionSeen = true;
      keepAlive = !is(CLOSE, valueStart, valueEnd);
      return first && (!keepAlive || is(KEEP_ALIVE, valueStart, valueEnd));
    }
    for (byte[] surprise : SURPRISES) {
      if (is(surprise, nameStart, nameEnd)) {
        return false;
      }
    }
    return true;
  }

  /// Letters, digits, dots, hyphens and a port: what [HostField] is sure to let pass.
  private boolean isPlainHost(int from, int end) {
    int at = from;
    while (at < end && IN_HOST[in[at] & 0xff]) {
      at++;
    }
    if (at == from || at == end) {
      return at > from;
    }
    int port = at + 1;
    return in[at] == ':' && end - port <= 5 && (port == end || digits(in, port, end) >= 0);
  }

  private boolean is(byte[] lowerCase, int from, int end) {
    return equalsIgnoringCase(lowerCase, in, from, end);
  }

  /// Whether `in[from, end)` is `lowerCase`, in any case.
  static boolean equalsIgnoringCase(byte[] lowerCase, byte[] in, int from, int end) {
    if (end - from != lowerCase.length) {
      return false;
    }
    for (int i = 0; i < lowerCase.length; i++) {
      byte b = in[from + i];
      if (b != lowerCase[i] && (b < 'A' || b > 'Z' || (b | 0x20) != lowerCase[i])) {
        return false;
      }
    }
    return true;
  }

  /// The number that `in[from, end)` is, -1 if it is none, or one of too many digits.
  static long digits(byte[] in, int from, int end) {
    if (from == end || end - from > ContentLength.DIGITS_MAX) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < end; i++) {
      if (in[i] < '0' || in[i] > '9') {
        return -1;
      }
      value = value * 10 + (in[i] - '0');
    }
    return value;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /// The request line parsed last; `before` may have the same query.
  RequestLine line(RequestLine before) {
    int length = targetEnd - targetStart;
    String target = new String(in, targetStart, length, StandardCharsets.US_ASCII);
    return new RequestLine(method, target, false, before);
  }

  /// The fields parsed last, which end at `end`.
  PlainFields fields(int end) {
    byte[] block = Arrays.copyOfRange(in, start, end);
    boolean tellsLength = lengthStart != NONE;
    return new PlainFields(
        block,
        Arrays.copyOf(bounds, 4 * fields),
        tellsLength ? lengthStart - start : block.length,
        tellsLength ? lengthEnd - start : block.length);
  }

  /// Whether the fields parsed last let the connection go on.
  boolean keepAlive() {
    return keepAlive;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
