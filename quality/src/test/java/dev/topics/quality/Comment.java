package dev.topics.quality;

import java.util.ArrayList;
import java.util.List;

/// One comment of a Java source as written, with the line (from 1) on which it starts.
record Comment(int line, String text) {

  /// All comments of a source, in order. Strings, text blocks and characters are skipped.
  static List<Comment> of(String source) {
    List<Comment> comments = new ArrayList<>();
    int line = 1;
    int at = 0;
    while (at < source.length()) {
      int end = tokenEnd(source, at);
      if (source.startsWith("//", at) || source.startsWith("/*", at)) {
        comments.add(new Comment(line, source.substring(at, end)));
      }
      line += (int) source.substring(at, end).chars().filter(c -> c == '\n').count();
      at = end;
    }
    return comments;
  }

  private static int tokenEnd(String source, int at) {
    if (source.startsWith("//", at)) {
      return after(source, "\n", at) - 1;
    }
    if (source.startsWith("/*", at)) {
      return after(source, "*/", at + 2);
    }
    if (source.startsWith("\"\"\"", at)) {
      return afterQuote(source, "\"\"\"", at);
    }
    if (source.startsWith("\"", at)) {
      return afterQuote(source, "\"", at);
    }
    return source.startsWith("'", at) ? afterQuote(source, "'", at) : at + 1;
  }

  private static int afterQuote(String source, String quote, int start) {
    int at = start + quote.length();
    while (at < source.length() && !source.startsWith(quote, at)) {
      at += source.charAt(at) == '\\' ? 2 : 1;
    }
    return Math.min(at + quote.length(), source.length());
  }

  private static int after(String source, String end, int from) {
    int at = source.indexOf(end, from);
    return at < 0 ? source.length() + 1 - (end.equals("\n") ? 0 : 1) : at + end.length();
  }
}
