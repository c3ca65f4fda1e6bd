package dev.topics.server.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The parameters behind the `?` of a request, checked as they are asked for.
public final class Query {
  private static final Query EMPTY = new Query(Map.of());

  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /// Parses `raw`; of a repeated parameter the first one counts.
  static Query parse(String raw) {
    if (raw.isEmpty()) {
      return EMPTY;
    }
    Map<String, String> values = new LinkedHashMap<>();
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      end = end < 0 ? raw.length() : end;
      int equals = raw.indexOf('=', start);
      int nameEnd = equals < 0 || equals > end ? end : equals;
      if (nameEnd > start) {
        String value = nameEnd == end ? "" : raw.substring(nameEnd + 1, end);
        values.putIfAbsent(
            Percent.decode(raw.substring(start, nameEnd), true), Percent.decode(value, true));
      }
      start = end + 1;
    }
    return new Query(values);
  }

  /// The value of `name`, or null if it is not there.
  public @Nullable String text(String name) {
    return values.get(name);
  }

  /// The value of `name`, or `fallback` if it is not there.
  public String text(String name, String fallback) {
    return values.getOrDefault(name, fallback);
  }

  /// `true` or `false`; a parameter without a value, or `1` and `0`, count as well.
  public boolean flag(String name, boolean fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }
    return switch (value) {
      case "true", "1", "" -> true;
      case "false", "0" -> false;
      default -> throw bad(name, "must be true or false", value);
    };
  }

  /// A whole number from 0 to 2⁶⁴-1; see [Unsigned].
  public long number(String name, long fallback) {
    String value = values.get(name);
    if (value == null) {
      return fallback;
    }
    try {
      return Unsigned.parse(value);
    } catch (NumberFormatException e) {
      throw bad(name, String.valueOf(e.getMessage()), value);
    }
  }

  private static Rejected bad(String name, String rule, String value) {
    String shown = Problem.excerpt(value);
    return Problem.invalid("query parameter " + name + " " + rule + ", not \"" + shown + "\"")
        .with("parameter", name)
        .rejected();
  }
}
