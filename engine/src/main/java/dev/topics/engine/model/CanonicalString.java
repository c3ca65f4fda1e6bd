package dev.topics.engine.model;

/// The inside of a JSON string with nothing escaped that need not be.
final class CanonicalString {
  private CanonicalString() {}

  static String encode(String text) {
    int i = 0;
    while (i < text.length() && isPlain(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
    for (; i < text.length(); i++) {
      append(escaped, text.charAt(i));
    }
    return escaped.toString();
  }

  private static boolean isPlain(char c) {
    return c >= ' ' && c != '"' && c != '\\';
  }

  private static void append(StringBuilder escaped, char c) {
    switch (c) {
      case '"' -> escaped.append("\\\"");
      case '\\' -> escaped.append("\\\\");
      case '\b' -> escaped.append("\\b");
      case '\f' -> escaped.append("\\f");
      case '\n' -> escaped.append("\\n");
      case '\r' -> escaped.append("\\r");
      case '\t' -> escaped.append("\\t");
      default -> {
        if (c < ' ') {
          escaped.append(String.format("\\u%04X", (int) c));
        } else {
          escaped.append(c);
        }
      }
    }
  }
}
