package dev.topics.engine.json;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// A JSON value as a tree, read by Jackson, that still knows the text of each node.
///
/// @param members of an object, in their order, duplicates and all
/// @param elements of an array
record JsonTree(JsonToken kind, String raw, List<Member> members, List<JsonTree> elements) {
  record Member(String key, JsonTree value) {}

  static JsonTree parse(String text) {
    try (JsonParser parser = JacksonOracle.parser(text)) {
      parser.nextToken();
      return read(parser, text);
    }
  }

  private static JsonTree read(JsonParser parser, String text) {
    JsonToken kind = parser.currentToken();
    List<Member> members = new ArrayList<>();
    List<JsonTree> elements = new ArrayList<>();
    String start = raw(parser, text);
    int from = (int) parser.currentTokenLocation().getCharOffset();
    if (kind == JsonToken.START_OBJECT) {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        int keyFrom = (int) parser.currentTokenLocation().getCharOffset();
        String key = unescape(text.substring(keyFrom + 1, closingQuote(text, keyFrom)));
        parser.nextToken();
        members.add(new Member(key, read(parser, text)));
      }
    } else if (kind == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        elements.add(read(parser, text));
      }
    } else {
      return new JsonTree(kind, start, members, elements);
    }
    int to = (int) parser.currentLocation().getCharOffset();
    return new JsonTree(kind, text.substring(from, to), members, elements);
  }

  private static String raw(JsonParser parser, String text) {
    int from = (int) parser.currentTokenLocation().getCharOffset();
    int length =
        switch (parser.currentToken()) {
          case VALUE_STRING -> closingQuote(text, from) + 1 - from;
          default -> parser.getString().length();
        };
    return text.substring(from, from + length);
  }

  private static int closingQuote(String text, int quote) {
    int at = quote + 1;
    while (text.charAt(at) != '"') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  /// The text of a string node.
  String string() {
    return unescape(raw.substring(1, raw.length() - 1));
  }

  private static String unescape(String content) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < content.length(); at++) {
      char c = content.charAt(at);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char letter = content.charAt(++at);
      if (letter == 'u') {
        text.append((char) Integer.parseInt(content.substring(at + 1, at + 5), 16));
        at += 4;
      } else {
        int control = "bfnrt".indexOf(letter);
        text.append(control < 0 ? letter : "\b\f\n\r\t".charAt(control));
      }
    }
    return text.toString();
  }

  /// The text of the node without whitespace between its tokens.
  String compact() {
    StringBuilder compact = new StringBuilder();
    boolean inString = false;
    for (int at = 0; at < raw.length(); at++) {
      char c = raw.charAt(at);
      if (inString && c == '\\') {
        compact.append(c).append(raw.charAt(++at));
        continue;
      }
      if (c == '"') {
        inString = !inString;
      }
      if (inString || " \t\r\n".indexOf(c) < 0) {
        compact.append(c);
      }
    }
    return compact.toString();
  }
}
