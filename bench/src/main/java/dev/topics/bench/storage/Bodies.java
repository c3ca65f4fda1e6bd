package dev.topics.bench.storage;

import java.util.StringJoiner;
import java.util.function.IntFunction;

/// Bodies of writes.
final class Bodies {
  private static final String TINY = "1";

  private Bodies() {}

  /// `count` records of so many bytes of data.
  static String records(int count, int dataBytes) {
    return join(count, i -> "{\"data\":" + data(dataBytes) + "}");
  }

  /// `count` tiny records, of which `tagged` have each of the tags `tag-0` to the last one of
  /// `tags`; the rest have tags of ten others.
  static String tagged(int count, int tags, int tagged) {
    int step = count / Math.max(1, tags * tagged);
    return join(
        count,
        i -> {
          boolean isMeant = i % step == 0 && i / step < tags * tagged;
          String tag = isMeant ? "tag-" + i / step % tags : "kept-" + i % 10;
          return "{\"tag\":\"" + tag + "\",\"data\":" + TINY + "}";
        });
  }

  /// `count` records of so many bytes of data, of which `tagged`, evenly spread, have the tag.
  static String mostlyTagged(int count, int tagged, String tag, int dataBytes) {
    return join(
        count,
        i -> {
          boolean isMeant = (long) (i + 1) * tagged / count > (long) i * tagged / count;
          String start = isMeant ? "{\"tag\":\"" + tag + "\"," : "{";
          return start + "\"data\":" + data(dataBytes) + "}";
        });
  }

  /// A number of one digit, or a string of exactly `bytes` with its quotes.
  private static String data(int bytes) {
    return bytes < 2 ? TINY : "\"" + "x".repeat(bytes - 2) + "\"";
  }

  private static String join(int count, IntFunction<String> record) {
    StringJoiner records = new StringJoiner(",", "{\"records\":[", "]}");
    for (int i = 0; i < count; i++) {
      records.add(record.apply(i));
    }
    return records.toString();
  }
}
