package dev.topics.server.api;

import dev.topics.engine.json.JsonException;
import dev.topics.engine.json.JsonScanner;
import dev.topics.server.http.Exchange;
import dev.topics.server.http.LoopLocal;
import dev.topics.server.http.Problem;
import dev.topics.server.http.Rejected;
import dev.topics.server.http.Unsigned;
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
  private static final int NO_INDEX = -1;
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
        String found = json.skipValueOfSomeKind();
        json.expectEnd();
        throw Problem.invalid("the body must be a JSON object, not " + found).rejected();
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

  /// A whole number from 0 to 2⁶⁴-1; see [Unsigned].
  long unsigned() {
    return unsigned(NO_INDEX);
  }

  private long unsigned(int index) {
    String text = number(index, Unsigned.RULE);
    try {
      return Unsigned.parse(text);
    } catch (NumberFormatException e) {
      throw refused(path(index) + " " + e.getMessage() + ", not " + Problem.excerpt(text));
    }
  }

  /// A whole number that an `int` holds.
  int signed() {
    String what = "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
    String text = number(NO_INDEX, what);
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw refused(name + " must be " + what + ", not " + Problem.excerpt(text));
    }
  }

  /// A number, as it stands there.
  private String number(int index, String what) {
    int first = json.peek();
    if (first != '-' && (first < '0' || first > '9')) {
      throw wrong(index, what);
    }
    return raw();
  }

  /// An array of whole numbers, 0 or more; what comes behind the first `max` is not looked at.
  long[] unsigneds(int max) {
    if (json.peek() != '[') {
      throw wrong("an array of whole numbers");
    }
    long[] values = new long[16];
    int size = 0;
    boolean more = json.enterArray();
    while (more) {
      if (size < max) {
        if (size == values.length) {
          values = Arrays.copyOf(values, size * 2);
        }
        values[size] = unsigned(size);
        size++;
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
    return wrong(NO_INDEX, what);
  }

  private Rejected wrong(int index, String what) {
    String found = json.skipValueOfSomeKind();
    return refused(path(index) + " must be " + what + ", not " + found);
  }

  /// The current field, or an element of it.
  private String path(int index) {
    return index == NO_INDEX ? name : name + "[" + index + "]";
  }

  private Rejected refused(String message) {
    return Problem.invalid(message).with("field", name).rejected();
  }
}
