package dev.topics.server.api;

import dev.topics.engine.json.JsonException;
import dev.topics.engine.json.JsonScanner;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The fields of a JSON object in a request, one after the other, each read as the type it must
/// have.
///
/// A value of another type is refused with a message that names the field. Where a field comes
/// twice, the last one counts. The whole body is checked, fields that nobody asks for included.
///
/// **Threading** one per event loop, reused.
final class Fields {
  private static final byte[] NO_BYTES = {};
  private static final LoopLocal<Fields> LOCAL = new LoopLocal<>(Fields::new);

  private final JsonScanner json = new JsonScanner();
  private byte[] source = NO_BYTES;
  private String name = "";

  private Fields() {}

  /// Reads the body of `exchange`, an object or nothing, field by field.
  static void read(Exchange exchange, Consumer<Fields> field) {
    if (exchange.bodyBytes() > 0) {
      read(exchange, exchange.body(), exchange.bodyStart(), exchange.bodyEnd(), field);
    }
  }

  /// Reads the object in `source[start, end)`.
  static void read(Exchange exchange, byte[] source, int start, int end, Consumer<Fields> field) {
    exchange.local(LOCAL).readAll(source, start, end, field);
  }

  private void readAll(byte[] bytes, int start, int end, Consumer<Fields> field) {
    source = bytes;
    try {
      json.reset(bytes, start, end);
      json.skipWhitespace();
      if (json.peek() != '{') {
        json.skipValue();
        json.expectEnd();
        throw Problem.invalid("the body must be a JSON object").rejected();
      }
      boolean more = json.enterObject();
      while (more) {
        json.readKey();
        name = json.keyText();
        field.accept(this);
        more = json.nextMember();
      }
      json.expectEnd();
    } catch (JsonException e) {
      throw Problem.invalid("the body is not valid JSON: " + e.getMessage())
          .with("offset", e.offset())
          .rejected();
    } finally {
      source = NO_BYTES;
    }
  }

  /// The name of the current field.
  String name() {
    return name;
  }

  /// Passes over the value.
  void skip() {
    json.skipValue();
  }

  /// Whether the value is null, which is passed over then.
  boolean isNull() {
    if (json.peek() != 'n') {
      return false;
    }
    json.readNull();
    return true;
  }

  boolean flag() {
    if (json.peek() != 't' && json.peek() != 'f') {
      throw wrong("true or false");
    }
    return json.readBoolean();
  }

  String text() {
    if (json.peek() != '"') {
      throw wrong("a string");
    }
    json.readString();
    return json.stringText();
  }

  /// A whole number from 0 to 2⁶⁴-1. Clients write the largest one for "no limit"; what is above
  /// 2⁶³-1 counts as that.
  long unsigned() {
    return number(0, Long.MAX_VALUE, "a whole number, 0 or more");
  }

  /// A whole number that an `int` holds.
  int signed() {
    return (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE, "a whole number");
  }

  private long number(long min, long max, String what) {
    int start = json.position();
    int first = json.peek();
    if (first != '-' && (first < '0' || first > '9')) {
      throw wrong(what);
    }
    json.skipValue();
    String digits = new String(source, start, json.position() - start, StandardCharsets.US_ASCII);
    try {
      long value = parse(digits);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Has a fraction or an exponent, or is beyond 64 bits: refused like any other wrong number.
    }
    throw refused(name + " must be " + what + ", not " + Problem.excerpt(digits));
  }

  private static long parse(String digits) {
    if (digits.startsWith("-")) {
      return Long.parseLong(digits);
    }
    long value = Long.parseUnsignedLong(digits);
    return value < 0 ? Long.MAX_VALUE : value;
  }

  /// An array of whole numbers, 0 or more; what comes behind the first `max` is not looked at.
  long[] unsigneds(int max) {
    String what = "an array of whole numbers";
    if (json.peek() != '[') {
      throw wrong(what);
    }
    long[] values = new long[16];
    int size = 0;
    boolean more = json.enterArray();
    while (more) {
      if (size < max) {
        if (size == values.length) {
          values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = number(0, Long.MAX_VALUE, what);
      } else {
        json.skipValue();
      }
      more = json.nextElement();
    }
    return Arrays.copyOf(values, size);
  }

  /// A string, or an array of strings.
  List<String> textOrTexts() {
    if (json.peek() == '"') {
      return List.of(text());
    }
    return texts("a string or an array of strings");
  }

  /// Any value, as it stands there.
  String raw() {
    int start = json.position();
    json.skipValue();
    return new String(source, start, json.position() - start, StandardCharsets.UTF_8);
  }

  /// An object, read field by field.
  void object(Consumer<Fields> member) {
    if (json.peek() != '{') {
      throw wrong("an object");
    }
    String outer = name;
    boolean more = json.enterObject();
    while (more) {
      json.readKey();
      name = json.keyText();
      member.accept(this);
      more = json.nextMember();
    }
    name = outer;
  }

  /// An array of strings.
  List<String> texts(String what) {
    if (json.peek() != '[') {
      throw wrong(what);
    }
    List<String> values = new ArrayList<>();
    boolean more = json.enterArray();
    while (more) {
      if (json.peek() != '"') {
        throw wrong(what);
      }
      values.add(text());
      more = json.nextElement();
    }
    return values;
  }

  /// Whether the value is a string.
  boolean isText() {
    return json.peek() == '"';
  }

  private Rejected wrong(String what) {
    String found =
        switch (json.peek()) {
          case '{' -> "an object";
          case '[' -> "an array";
          case '"' -> "a string";
          case 't', 'f' -> "a boolean";
          case 'n' -> "null";
          default -> "a number";
        };
    json.skipValue();
    return refused(name + " must be " + what + ", not " + found);
  }

  private Rejected refused(String message) {
    return Problem.invalid(message).with("field", name).rejected();
  }
}
