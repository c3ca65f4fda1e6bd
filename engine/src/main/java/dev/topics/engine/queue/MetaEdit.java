package dev.topics.engine.queue;

import dev.topics.engine.json.JobColumns;
import dev.topics.engine.json.JsonScanner;
import dev.topics.engine.json.JsonText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A `meta` object whose members stay as they were sent, but for those that are ours, which are
/// taken out and set anew.
final class MetaEdit {
  static final String FROM = "$dead_letter_from";
  static final String DELIVERIES = "$dead_letter_deliveries";
  static final String SRC_SEQ = "$dead_letter_src_seq";
  static final String ERROR = "$dead_letter_error";
  static final String REDRIVES = "$redrives";
  static final String REDRIVEN_FROM = "$redriven_from";

  static final String PRIORITY = "$dead_letter_priority";
  static final String ORDER_KEY = "$dead_letter_order_key";

  private static final Set<String> OURS =
      Set.of(FROM, DELIVERIES, SRC_SEQ, ERROR, PRIORITY, ORDER_KEY, REDRIVES, REDRIVEN_FROM);

  private final ByteArrayOutputStream members = new ByteArrayOutputStream();
  private final Map<String, String> ours = new TreeMap<>();

  /// Takes `meta` apart; null stands for an empty one.
  MetaEdit(byte @Nullable [] meta) {
    if (meta == null) {
      return;
    }
    JsonScanner scanner = new JsonScanner().reset(meta, 0, meta.length);
    for (boolean more = scanner.enterObject(); more; more = scanner.nextMember()) {
      int start = scanner.position();
      scanner.readKey();
      String key = scanner.keyText();
      if (!OURS.contains(key)) {
        scanner.skipValue();
        separate();
        members.write(meta, start, scanner.position() - start);
      } else if (scanner.peek() == '"') {
        scanner.readString();
        ours.put(key, scanner.keyText());
      } else {
        scanner.skipValue();
      }
    }
  }

  private void separate() {
    if (members.size() > 0) {
      members.write(',');
    }
  }

  /// What one of our members said; null if it was not there.
  @Nullable String get(String key) {
    return ours.get(key);
  }

  /// The same as a number; 0 if it is none.
  int number(String key) {
    try {
      return Math.max(0, Integer.parseInt(ours.getOrDefault(key, "0")));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /// Sets again what was said about the dead letter.
  void keepDeadLetter() {
    ours.forEach((key, value) -> {
      if (!key.equals(REDRIVES) && !key.equals(REDRIVEN_FROM)) {
        set(key, value);
      }
    });
  }

  /// The priority and the order key that the job had, as fields of a record that is written.
  byte[] jobFields() {
    ByteArrayOutputStream fields = new ByteArrayOutputStream();
    int priority = Math.min(number(PRIORITY), JobColumns.PRIORITY_MAX);
    if (priority > 0) {
      fields.writeBytes((",\"priority\":" + priority).getBytes(StandardCharsets.US_ASCII));
    }
    String orderKey = ours.get(ORDER_KEY);
    if (orderKey != null && !isTooLong(orderKey)) {
      fields.writeBytes(",\"order_key\":".getBytes(StandardCharsets.US_ASCII));
      fields.writeBytes(quoted(orderKey));
    }
    return fields.toByteArray();
  }

  private static boolean isTooLong(String orderKey) {
    return orderKey.getBytes(StandardCharsets.UTF_8).length > JobColumns.ORDER_KEY_BYTES_MAX;
  }

  void set(String key, String value) {
    separate();
    string(key);
    members.write(':');
    string(value);
  }

  private void string(String text) {
    members.writeBytes(quoted(text));
  }

  private static byte[] quoted(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] quoted = new byte[JsonText.quotedBytes(utf8, 0, utf8.length)];
    JsonText.quote(utf8, 0, utf8.length, quoted, 0);
    return quoted;
  }

  /// The object as it is now.
  byte[] toBytes() {
    ByteArrayOutputStream object = new ByteArrayOutputStream(members.size() + 2);
    object.write('{');
    object.write(members.toByteArray(), 0, members.size());
    object.write('}');
    return object.toByteArray();
  }
}
